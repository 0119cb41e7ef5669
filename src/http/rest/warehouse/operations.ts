import { parse } from 'graphql';
import { listOf } from '../read-page.js';

const PRODUCT = 'id sku name brand barcode price currency thc batchNumber coaLink source warning readAt updatedAt';
const STOCK = 'sku location onHand reserved available source warning readAt ageSeconds';
const ORDER = `id number merchantId status currency deliveryMethod notes metadata trackingNumbers placedAt updatedAt
  lines { sku name quantity unitPrice total } totals { subtotal tax shipping discount grandTotal }
  payouts { recipient share amount currency } links { integration { id } externalId state lastError }`;
const ERRORS = 'userErrors { code message path retryAfterMs }';

export const PRODUCTS = listOf('RestProducts', 'products', 'ProductFilter', PRODUCT);
export const PRODUCT_BY_ID = parse(`query RestProduct($id: ID!) {
  one: node(id: $id) { ... on Product { ${PRODUCT} inventory { ${STOCK} } } } }`);
export const PRODUCT_BY_SKU = parse(`query RestProductOfSku($id: String!) {
  one: product(sku: $id) { ${PRODUCT} inventory { ${STOCK} } } }`);
export const INVENTORY = listOf('RestInventory', 'inventory', 'InventoryFilter', STOCK);
export const SYNC_INVENTORY = parse(`mutation RestSyncInventory($input: SyncIntegrationInput!) {
  sync: syncInventory(input: $input) { syncEvent { id status createdAt } ${ERRORS} } }`);
export const WAREHOUSES = parse('query RestWarehouses { integrations(filter: { enabled: true }) { id connector } }');
export const ORDERS = listOf('RestOrders', 'orders', 'OrderFilter', ORDER);
export const ORDER_BY_ID = parse(`query RestOrder($id: ID!) { one: order(id: $id) { ${ORDER} } }`);
export const CREATE_ORDER = parse(`mutation RestCreateOrder($input: CreateOrderInput!) {
  change: createOrder(input: $input) { order { ${ORDER} } ${ERRORS} } }`);
export const CHANGE_ORDER = parse(`mutation RestChangeOrder($input: UpdateOrderInput!) {
  change: updateOrder(input: $input) { order { ${ORDER} } ${ERRORS} } }`);
export const MOVE_ORDER = parse(`mutation RestMoveOrder($input: UpdateOrderStatusInput!) {
  change: updateOrderStatus(input: $input) { order { ${ORDER} } ${ERRORS} } }`);
