/** Every way in which a REST address can know who calls; the names stand in the OpenAPI document. */
export const SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token with `sub`, `role` (`admin`, `operator`, `viewer`) and optionally `merchantId`.',
  },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'A key made by the mutation `createApiKey`.',
  },
  b2bSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-B2B-Signature',
    description: 'Hex HMAC-SHA256 of the body by the integration’s secret; `sha256=` may stand before it.',
  },
  gatewaySignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Webhook-Signature',
    description: '`sha256=` and the hex HMAC-SHA256 of the body; with `X-Webhook-Timestamp` within 5 minutes.',
  },
  escooterSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Signature',
    description: 'Base64 HMAC-SHA256 of the body.',
  },
  flasherpSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'x-flasherp-signature',
    description:
      'Hex HMAC-SHA256 of `timestamp.body`, with `x-flasherp-timestamp` in Unix seconds within 5 minutes of now.',
  },
  stripeSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'Stripe-Signature',
    description: 'Stripe’s own scheme: `t=` and `v1=`.',
  },
} as const;
export type Scheme = keyof typeof SCHEMES;

/** For {@link Route.access}: whoever has a token or an API key. */
export const CALLERS: readonly Scheme[] = ['token', 'apiKey'];
/** For {@link Route.access}: anybody. */
export const ANYBODY: readonly Scheme[] = [];
