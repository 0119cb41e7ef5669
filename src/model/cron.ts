import { CronExpressionParser } from 'cron-parser';

/** The schedule's first instant after another; cron, UTC. @throws Error when it is no cron expression */
export function nextRunAfter(schedule: string, after: Date): Date {
  return CronExpressionParser.parse(schedule, { currentDate: after, tz: 'UTC' }).next().toDate();
}

/** The schedule's last instant before another. @throws Error when it is no cron expression */
export function lastRunBefore(schedule: string, before: Date): Date {
  return CronExpressionParser.parse(schedule, { currentDate: before, tz: 'UTC' }).prev().toDate();
}

/** Whether it is a cron expression. */
export function isCron(text: string): boolean {
  try {
    CronExpressionParser.parse(text);
    return true;
  } catch {
    return false;
  }
}
