import { parse } from 'graphql';

export const AUDIT_PAGE = parse(`query RestAuditExport($filter: AuditFilter, $after: Cursor) {
  auditLog(filter: $filter, first: 100, after: $after) {
    nodes {
      id at actor actorRole action outcome merchantId entityType entityId integrationId requestId durationMs details
    }
    pageInfo { hasNextPage endCursor }
  }
}`);

export interface AuditPage {
  auditLog: {
    nodes: Record<string, unknown>[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

export const COMPLIANCE = parse(`query RestCompliance($from: DateTime, $to: DateTime) {
  complianceReport(from: $from, to: $to) {
    from to refused failed
    operations { role action done refused failed }
    securityEvents { kind count }
    secretsRotated { credentials webhookSecrets apiKeysMade apiKeysRevoked sealedAnew }
    retention { what days }
  }
}`);
