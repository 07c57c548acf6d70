/** Links by plain paths: the router's own need to know each route's parameters, ours are typed at the page. */
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, type ButtonProps } from "antd";
import type { ReactNode } from "react";

export function Go({ to, children, className, title }: { to: string; children: ReactNode; className?: string; title?: string }) {
  return <Link to={to as never} {...(className ? { className } : {})} {...(title ? { title } : {})}>{children}</Link>;
}

export function useGo(): (to: string, search?: Record<string, string>) => void {
  const navigate = useNavigate();
  return (to, search) => {
    void navigate({ to: to as never, ...(search ? { search: search as never } : {}) });
  };
}

export function GoButton({ to, ...rest }: { to: string } & ButtonProps) {
  const go = useGo();
  return (
    <Button {...rest} href={to}
      onClick={(e) => {
        if (e.metaKey || e.ctrlKey) return;
        e.preventDefault();
        go(to);
      }} />
  );
}
