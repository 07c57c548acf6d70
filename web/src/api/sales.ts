/** 产品与订单: what is sold, and what was ordered. Money is whole cents. */
import { body, client, loose } from "./http.ts";
import type { Page, Vars } from "./types.ts";

export interface Product {
  id: number; tenant_id: number; code: string; name: string; price_cents: number; unit: string; attributes: Vars; enabled: boolean; created_at: string; updated_at: string; revision: number;
}
export interface ProductInput { code: string; name: string; price_cents: number; unit: string; attributes: Vars; enabled: boolean }
export type OrderState = "draft" | "confirmed" | "cancelled";
export interface OrderLine { product_id: number; code: string; name: string; unit: string; price_cents: number; quantity: number }
export interface Order {
  id: number; tenant_id: number; state: OrderState; campaign_id?: number | null; lead_id?: number | null; call_id?: number | null; agent_id?: number | null; customer_id?: number | null;
  customer_name: string; phone: string; lines: OrderLine[]; total_cents: number; confirmation: string; note: string; created_by: string; created_at: string; updated_at: string;
  confirmed_at?: string | null; cancelled_at?: string | null; cancel_reason: string; revision: number;
}
export interface OrderInput {
  customer_id?: number | null; customer_name: string; phone: string; lines: { product_id: number; quantity: number }[]; confirmation: string; note: string;
}
export interface OrderOrigin { call_id?: number; campaign_id?: number; lead_id?: number; agent_id?: number }

const at = (id: number) => ({ params: { path: { id } } });

export const getProducts = (query: { campaign_id?: number; enabled?: boolean } = {}): Promise<Page<Product>> => body(client.GET("/api/v1/products", { params: { query } }));
export const createProduct = (b: ProductInput): Promise<Product> => body(client.POST("/api/v1/products", { body: loose(b) }));
export const updateProduct = (id: number, b: ProductInput & { revision: number }): Promise<Product> => body(client.PUT("/api/v1/products/{id}", { ...at(id), body: loose(b) }));
export const getOffer = (campaign: number): Promise<{ products: number[] }> => body(client.GET("/api/v1/campaigns/{id}/products", at(campaign))) as Promise<{ products: number[] }>;
export const putOffer = (campaign: number, products: number[]): Promise<{ products: number[] }> =>
  body(client.PUT("/api/v1/campaigns/{id}/products", { ...at(campaign), body: { products } })) as Promise<{ products: number[] }>;

export const getOrders = (query: Record<string, unknown>): Promise<Page<Order>> => body(client.GET("/api/v1/orders", { params: { query } }));
export const getOrder = (id: number): Promise<Order> => body(client.GET("/api/v1/orders/{id}", at(id)));
export const createOrder = (b: OrderInput & OrderOrigin & { confirm: boolean }): Promise<Order> => body(client.POST("/api/v1/orders", { body: loose(b) }));
export const updateOrder = (id: number, b: OrderInput & { revision: number }): Promise<Order> => body(client.PUT("/api/v1/orders/{id}", { ...at(id), body: loose(b) }));
export const confirmOrder = (id: number, b: { revision: number; confirmation?: string }): Promise<Order> => body(client.POST("/api/v1/orders/{id}/confirm", { ...at(id), body: b }));
export const cancelOrder = (id: number, b: { revision: number; reason: string }): Promise<Order> => body(client.POST("/api/v1/orders/{id}/cancel", { ...at(id), body: b }));
