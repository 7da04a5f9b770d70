/** One row per thing in the schema that breaks SECURITY.md, 'PostgreSQL'. $1: the append-only tables. */
export const CATALOGUE = `
with relation as (
  select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole::text as owner,
         (select a.attnum from pg_attribute a
           where a.attrelid = c.oid and a.attname = 'tenant' and a.atttypid = 'uuid'::regtype and a.attnotnull and not a.attisdropped) as tenant
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
), finding (relation, finding, detail) as (
  select relname, 'owner', owner from relation where owner <> 'imprimatur_owner'
  union all
  select relname, 'rls-not-forced', '' from relation where not (relrowsecurity and relforcerowsecurity)
  union all
  select relname, 'no-policy', '' from relation r
   where not exists (select 1 from pg_policy p
           where p.polrelid = r.oid and p.polpermissive and p.polcmd = '*'
             and pg_get_expr(p.polqual, r.oid) in ('(tenant = current_tenant())', '(id = current_tenant())')
             and pg_get_expr(p.polwithcheck, r.oid) = pg_get_expr(p.polqual, r.oid))
  union all
  select relname, 'no-tenant-column', '' from relation where tenant is null
  union all
  select relname, 'no-primary-key', '' from relation r where not exists (select 1 from pg_index i where i.indrelid = r.oid and i.indisprimary)
  union all
  select r.relname, 'key-without-tenant', i.indexrelid::regclass::text from relation r join pg_index i on i.indrelid = r.oid
   where i.indisunique and (r.tenant is null or not r.tenant = any (i.indkey))
  union all
  -- tenant must stand at the same place on both sides, or a row could point into another tenant
  select r.relname, 'foreign-key-without-tenant', k.conname from relation r join pg_constraint k on k.conrelid = r.oid
    join relation f on f.oid = k.confrelid
   where k.contype = 'f'
     and not exists (select 1 from generate_subscripts(k.conkey, 1) at
           where k.conkey[at] = r.tenant
             and (k.confkey[at] = f.tenant or (f.relname = 'tenant' and k.confkey[at] = (select attnum from pg_attribute where attrelid = f.oid and attname = 'id'))))
  union all
  select r.relname, 'grant', format('%s to %s', g.privilege_type, coalesce(nullif(g.grantee, 0)::regrole::text, 'public'))
    from relation r join pg_class c on c.oid = r.oid cross join lateral aclexplode(c.relacl) g
   where g.grantee <> c.relowner
     and (g.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN') or g.grantee = 0 or g.is_grantable
          or (g.grantee = 'imprimatur_auditor'::regrole and g.privilege_type <> 'SELECT')
          or (g.grantee = 'imprimatur_migrator'::regrole))
  union all
  select r.relname, 'append-only-grant', g.privilege_type from relation r join pg_class c on c.oid = r.oid cross join lateral aclexplode(c.relacl) g
   where r.relname = any ($1) and g.grantee <> c.relowner and g.privilege_type not in ('SELECT', 'INSERT')
  union all
  -- tgtype bits: 8 delete, 16 update, 32 truncate; tgenabled A: also under session_replication_role = replica
  select r.relname, 'append-only-trigger', event.name from relation r cross join (values ('delete', 8), ('update', 16), ('truncate', 32)) event (name, bit)
   where r.relname = any ($1)
     and not exists (select 1 from pg_trigger t
           where t.tgrelid = r.oid and t.tgfoid = 'refuse_change()'::regprocedure and t.tgenabled = 'A' and t.tgtype & 2 = 2 and t.tgtype & event.bit = event.bit)
  union all
  select c.relname, 'materialised-view', '' from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'm'
  union all
  select c.relname, 'view-of-its-owner', '' from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'v' and not coalesce('security_invoker=true' = any (c.reloptions), false)
  union all
  select p.proname, 'function-for-everybody', '' from pg_proc p where p.pronamespace = 'public'::regnamespace and has_function_privilege('public', p.oid, 'execute')
  union all
  select p.proname, 'definer-without-search-path', '' from pg_proc p
   where p.pronamespace = 'public'::regnamespace and p.prosecdef and not exists (select 1 from unnest(p.proconfig) s where s like 'search_path=%')
  union all
  select 'public', 'schema-create', coalesce(nullif(g.grantee, 0)::regrole::text, 'public')
    from pg_namespace n cross join lateral aclexplode(n.nspacl) g
   where n.nspname = 'public' and g.privilege_type = 'CREATE' and g.grantee not in ('imprimatur_owner'::regrole, n.nspowner)
  union all
  select rolname, 'role', '' from pg_roles
   where rolname like 'imprimatur\\_%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or (rolcanlogin and rolname = 'imprimatur_owner'))
  union all
  select m.member::regrole::text, 'member-of', m.roleid::regrole::text from pg_auth_members m
   where m.member::regrole::text like 'imprimatur\\_%' and not (m.member = 'imprimatur_migrator'::regrole and m.roleid = 'imprimatur_owner'::regrole)
)
select relation, finding, detail from finding order by 1, 2, 3`;
