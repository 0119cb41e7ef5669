import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Sql, sqlOn } from '../src/db/database.js';
import { startEmbeddedPostgres } from '../src/db/embedded-postgres.js';

const TABLES = `
select c.oid, c.relname as name, array_to_string(c.reloptions, ', ') as options,
  array(select format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attidentity = 'a' then ' generated always as identity'
           when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end,
      case when a.attnotnull then ' not null' else '' end)
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum)
  || array(select format('  %s', pg_get_constraintdef(k.oid)) from pg_constraint k
    where k.conrelid = c.oid and k.contype <> 'n' order by k.contype desc, 1) as parts,
  array(select pg_get_indexdef(i.indexrelid) || ';' from pg_index i
    where i.indrelid = c.oid and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype <> 'f')
    order by 1)
  || array(select pg_get_triggerdef(t.oid) || ';' from pg_trigger t
    where t.tgrelid = c.oid and not t.tgisinternal order by t.tgname) as after
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname`;

const VIEWS = `
select format(E'create view %I as\\n%s', relname, pg_get_viewdef(oid)) as text
from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v' order by relname`;

/** What an extension brings is its own, and differs by its release. */
const EXTENSIONS = `
select format('create extension %I;', extname) as text from pg_extension where extname <> 'plpgsql' order by extname`;

const FUNCTIONS = `
select pg_get_functiondef(p.oid) || ';' as text from pg_proc p
where p.pronamespace = 'public'::regnamespace
  and not exists (select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
order by p.proname`;

interface Table {
  name: string;
  options: string | null;
  parts: string[];
  after: string[];
}

/** The database after all migrations, as SQL: read from the catalog of a server of its own. */
export async function describeDatabase(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'syncline-describe-'));
  try {
    const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
    const db = await openDatabase(server.url, () => {});
    try {
      await db.migrate();
      return await describe(sqlOn(db.pool));
    } finally {
      await db.close();
      await server.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function describe(sql: Sql): Promise<string> {
  const tables = (await sql<Table>(TABLES)).map(({ name, options, parts, after }) => {
    const table = `create table ${name} (\n${parts.join(',\n')}\n)${options ? ` with (${options})` : ''};`;
    return [table, ...after].join('\n');
  });
  const list = async (statement: string) => (await sql<{ text: string }>(statement)).map(({ text }) => text.trim());
  const parts = [...(await list(EXTENSIONS)), ...tables, ...(await list(VIEWS)), ...(await list(FUNCTIONS))];
  return ['-- Written by `npm run generate` from the migrations. Do not edit.', ...parts, '']
    .join('\n\n')
    .replace(/\n+$/, '\n');
}
