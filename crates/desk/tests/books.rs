//! A store on disk with one tenant, its administrator and a published flow: shared by the desk's tests.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use desk::{Actor, access, campaign};
use model::TenantId;
use model::record::{Campaign, Role, User};
use store::{Store, StoreConfig};

pub struct Books {
    pub store: Store,
    pub dir: tempfile::TempDir,
    pub admin: Actor,
    pub user: User,
}

pub const PASSWORD: &str = "correct horse 9";

pub async fn open() -> Books {
    connect::install_crypto();
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("test.db").display());
    let store = Store::open(StoreConfig::new(url, dir.path())).await.unwrap();
    let new = access::NewUser { login: "admin".into(), name: "管理员".into(), role: Role::Admin, password: PASSWORD.into() };
    let user = access::create_first_admin(&store, new, "127.0.0.1").await.unwrap();
    let admin = Actor::user(&user, "127.0.0.1");
    Books { store, dir, admin, user }
}

impl Books {
    pub fn tenant(&self) -> TenantId {
        self.admin.tenant
    }

    pub async fn person(&self, login: &str, role: Role) -> Actor {
        let new = access::NewUser { login: login.into(), name: String::new(), role, password: PASSWORD.into() };
        Actor::user(&access::create_user(&self.store, &self.admin, new).await.unwrap(), "127.0.0.1")
    }

    pub async fn campaign(&self) -> Campaign {
        campaign::create_from_template(&self.store, &self.admin, "bid_expert_notice", "评标通知", model::Vars::new())
            .await
            .unwrap()
    }
}
