//! Users and tenants from the command line: the way in when nobody can sign in.

use crate::config::Config;
use crate::{Failure, say};
use clap::Subcommand;
use desk::Actor;
use desk::access::NewUser;
use model::TenantId;
use model::record::{Role, Tenant};
use std::io::BufRead as _;
use store::{Store, StoreConfig};

#[derive(Subcommand)]
pub enum UserCommand {
    /// Create a user; the password is read from the first line of standard input
    Create {
        #[arg(long)]
        login: String,
        #[arg(long, default_value = "")]
        name: String,
        /// admin, manager, approver, operator or viewer
        #[arg(long, default_value = "admin")]
        role: String,
        /// Code of the tenant; needed when there are several
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Give a user a new password, read from the first line of standard input, and end the user's sessions
    ResetPassword {
        #[arg(long)]
        login: String,
        #[arg(long)]
        tenant: Option<String>,
    },
}

#[derive(Subcommand)]
pub enum TenantCommand {
    /// Add a customer
    Create {
        /// Typed at sign-in, a-z 0-9 -
        #[arg(long)]
        code: String,
        #[arg(long)]
        name: String,
    },
    /// List the customers
    List,
}

async fn open(config: &Config) -> Result<Store, Failure> {
    Ok(Store::open(StoreConfig::new(config.database_url(), &config.data_dir)).await?)
}

fn password() -> Result<String, Failure> {
    say("Password (one line on standard input):");
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() { Err("no password was given".into()) } else { Ok(password) }
}

pub async fn tenant_of(store: &Store, code: Option<&str>) -> Result<TenantId, Failure> {
    let tenants = store.tenants().await?;
    match (code, tenants.as_slice()) {
        (None, [only]) => Ok(only.id),
        (None, []) => Err("there is no tenant yet; open the web page and make the first administrator".into()),
        (None, _) => Err("there are several tenants; name one with --tenant".into()),
        (Some(code), all) => {
            let found = all.iter().find(|t| t.code == code).map(|t| t.id);
            found.ok_or_else(|| format!("there is no tenant `{code}`").into())
        }
    }
}

pub async fn user(config: &Config, command: UserCommand) -> Result<(), Failure> {
    let store = open(config).await?;
    match command {
        UserCommand::Create { login, name, role, tenant } => {
            let role = Role::from_code(&role).ok_or("role must be admin, manager, approver, operator or viewer")?;
            let new = NewUser { login: login.clone(), name, password: password()?, role };
            if store.no_users_yet().await? {
                desk::access::create_first_admin(&store, NewUser { role: Role::Admin, ..new }, "command line").await?;
            } else {
                let actor = Actor::system(tenant_of(&store, tenant.as_deref()).await?);
                desk::access::create_user(&store, &actor, new).await?;
            }
            say(&format!("created {login}"));
        }
        UserCommand::ResetPassword { login, tenant } => {
            let tenant = tenant_of(&store, tenant.as_deref()).await?;
            let users = store.users(tenant).await?;
            let user = users.iter().find(|u| u.login == login).ok_or_else(|| format!("there is no user `{login}`"))?;
            desk::access::reset_password(&store, &Actor::system(tenant), user.id, &password()?).await?;
            say(&format!("{login} has a new password"));
        }
    }
    Ok(())
}

pub async fn tenant(config: &Config, command: TenantCommand) -> Result<(), Failure> {
    let store = open(config).await?;
    match command {
        TenantCommand::Create { code, name } => {
            let shaped =
                (2..=32).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !shaped {
                return Err("code: 2–32 characters of a-z, 0-9 and -".into());
            }
            let now = desk::now();
            let id = store.new_id(now);
            store.insert_tenant(&Tenant { id, code: code.clone(), name, enabled: true, created_at: now }).await?;
            say(&format!("created tenant {code}; now: fengling user create --tenant {code} --login admin"));
        }
        TenantCommand::List => {
            for t in store.tenants().await? {
                say(&format!("{}\t{}\t{}", t.code, t.name, if t.enabled { "enabled" } else { "disabled" }));
            }
        }
    }
    Ok(())
}
