import type { InvoiceSnapshot, OrderSnapshot } from '../../src/model/snapshots.js';

/** An order that a snapshot of the outbox may hold, with text and amounts that are easily damaged on the way. */
export function orderSnapshot(changes: Partial<OrderSnapshot> = {}): OrderSnapshot {
  const address = {
    name: 'Zoë 🚲 مرحبا',
    company: null,
    line1: 'Straße 1',
    line2: null,
    city: 'Köln',
    region: null,
    postalCode: '00123',
    country: 'DE',
    phone: null,
  };
  return {
    id: 'ord_1',
    number: 'PO-1',
    status: 'PENDING',
    currency: 'EUR',
    customer: { id: 'cus_1', reference: 'cust_789', name: 'Ayşe', email: 'a@example.com', phone: null },
    lines: [{ sku: 'SKU-1', name: 'Bell', quantity: 2, unitPrice: '10.10', total: '20.20' }],
    totals: { subtotal: '20.20', tax: '3.8380', shipping: '0', discount: '0.00', grandTotal: '9007199254740993.10' },
    shippingAddress: address,
    billingAddress: null,
    deliveryMethod: 'courier',
    trackingNumbers: [],
    placedAt: '2026-02-15T10:30:00.000Z',
    ...changes,
  };
}

export function invoiceSnapshot(changes: Partial<InvoiceSnapshot> = {}): InvoiceSnapshot {
  return {
    id: 'inv_1',
    number: 'INV-1',
    orderId: 'ord_1',
    orderNumber: 'PO-1',
    orderExternalId: null,
    status: 'ISSUED',
    currency: 'EUR',
    subtotal: '20.20',
    tax: '3.8380',
    total: '24.0380',
    paidAmount: '0',
    issuedAt: '2026-02-15T10:30:00.000Z',
    dueAt: null,
    paidAt: null,
    ...changes,
  };
}
