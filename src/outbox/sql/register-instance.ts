/** Registers an instance and takes its session lock (`$1` is the class) before anyone else can see its row. */
export const REGISTER_INSTANCE = `
with instance as (insert into instances default values returning id)
select id, pg_advisory_lock($1, id) from instance`;
