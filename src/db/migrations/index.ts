import { Entities } from './0001-entities.js';
import { Outbox } from './0002-outbox.js';
import { Inbox } from './0003-inbox.js';
import { Feed } from './0004-feed.js';
import { Access } from './0005-access.js';
import { ReadViews } from './0006-read-views.js';
import { Jobs } from './0007-jobs.js';
import { FeedConsumers } from './0008-feed-consumers.js';
import { FieldMappings } from './0010-mappings.js';
import { AlertRules } from './0011-alert-rules.js';
import { Notifications } from './0011-notifications.js';
import { RollUps } from './0011-roll-ups.js';
import { Traces } from './0011-traces.js';

import { OrderSafety } from './0012-order-safety.js';
import { Pulls } from './0013-pulls.js';
import { Warehouse } from './0014-warehouse.js';
import { HeldOrders } from './0015-held-orders.js';
import { ImportFiles } from './0016-import-files.js';
import { Finance } from './0017-finance.js';
import { Reconciliations } from './0018-reconciliations.js';
import { Blockers } from './0020-blockers.js';
import { AuditDuration } from './0021-audit-duration.js';
import { OneSchedule } from './0022-one-schedule.js';
import { FlashErp } from './0023-flasherp.js';
import { Catalogue } from './0025-catalogue.js';
import { WakeByStatement } from './0031-wake-by-statement.js';

/** In order; a released one is never changed, only followed by another. */
export const migrations = [
  { name: '0001-entities', class: Entities },
  { name: '0002-outbox', class: Outbox },
  { name: '0003-inbox', class: Inbox },
  { name: '0004-feed', class: Feed },
  { name: '0005-access', class: Access },
  { name: '0006-read-views', class: ReadViews },
  { name: '0007-jobs', class: Jobs },
  { name: '0008-feed-consumers', class: FeedConsumers },
  { name: '0012-order-safety', class: OrderSafety },
  { name: '0010-mappings', class: FieldMappings },
  { name: '0011-notifications', class: Notifications },
  { name: '0013-pulls', class: Pulls },
  { name: '0017-finance', class: Finance },
  { name: '0018-reconciliations', class: Reconciliations },
  { name: '0011-roll-ups', class: RollUps },
  { name: '0020-blockers', class: Blockers },
  { name: '0015-held-orders', class: HeldOrders },
  { name: '0011-alert-rules', class: AlertRules },
  { name: '0014-warehouse', class: Warehouse },
  { name: '0021-audit-duration', class: AuditDuration },
  { name: '0016-import-files', class: ImportFiles },
  { name: '0011-traces', class: Traces },
  { name: '0022-one-schedule', class: OneSchedule },
  { name: '0025-catalogue', class: Catalogue },
  { name: '0031-wake-by-statement', class: WakeByStatement },
  { name: '0023-flasherp', class: FlashErp },
];
