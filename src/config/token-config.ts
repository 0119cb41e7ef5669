import type { TokenConfig } from '../access/token.js';
import type { Config } from './config.js';

/** Which bearer tokens the configuration trusts. */
export function tokenConfigOf(config: Config): TokenConfig {
  return {
    secret: config.jwtSecret,
    jwksUrl: config.jwksUrl ?? undefined,
    issuer: config.jwtIssuer ?? undefined,
    audience: config.jwtAudience ?? undefined,
  };
}
