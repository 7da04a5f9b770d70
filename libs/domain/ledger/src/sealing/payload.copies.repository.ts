import type { EntryId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { About } from '../ledger.types.js';

/** One sealed part beside its entry. */
export interface PayloadCopy {
  readonly entry: EntryId;
  readonly part: string;
  /** Of the entry. */
  readonly at: Date;
}

export interface PayloadsAbout {
  readonly kind: About['kind'];
  readonly ids: readonly string[];
  /** Names of the parts meant; others of the same entries are left alone. */
  readonly parts: readonly string[];
}

export interface ExpiredPayloads {
  /** Of entries written before. */
  readonly before: Date;
  /** Of entries of these types nothing expires. */
  readonly exceptTypes: readonly string[];
  /** Nor of entries about any of these. */
  readonly exceptAbout: readonly { readonly kind: About['kind']; readonly ids: readonly string[] }[];
  /** Nor what is sealed for one of these. */
  readonly exceptSubjects: readonly SubjectId[];
  readonly limit: number;
}

interface PayloadRow {
  readonly entry: EntryId;
  readonly part: string;
  readonly at: Date;
}

/** The sealed parts beside the entries, which erasure and retention destroy: entries and proofs stay. It asks nobody's permission. */
@Injectable()
export class PayloadCopies {
  /** Everything that this subject's key seals, oldest first. */
  async ofSubject(read: ReadContext, subject: SubjectId): Promise<readonly PayloadCopy[]> {
    return read.manager.query<PayloadRow[]>(
      `select s.entry, s.part, e.at
         from ledger_payload_subject s
         join ledger_payload p on p.tenant = s.tenant and p.entry = s.entry and p.part = s.part
         join ledger_entry e on e.tenant = s.tenant and e.id = s.entry
        where s.tenant = $1 and s.subject = $2 order by e.position, s.part`,
      [read.context.tenant, subject],
    );
  }

  /** The named parts of every entry that speaks of one of `ids`, oldest first. */
  async about(read: ReadContext, { kind, ids, parts }: PayloadsAbout): Promise<readonly PayloadCopy[]> {
    if (ids.length === 0) return [];
    return read.manager.query<PayloadRow[]>(
      `select distinct p.entry, p.part, e.at, e.position
         from ledger_about a
         join ledger_payload p on p.tenant = a.tenant and p.entry = a.entry
         join ledger_entry e on e.tenant = a.tenant and e.id = a.entry
        where a.tenant = $1 and a.kind = $2 and a.about = any ($3::uuid[]) and p.part = any ($4::text[])
        order by e.position, p.part`,
      [read.context.tenant, kind, [...ids], [...parts]],
    );
  }

  /** Oldest first. */
  async expired(
    read: ReadContext,
    { before, exceptTypes, exceptAbout, exceptSubjects, limit }: ExpiredPayloads,
  ): Promise<readonly PayloadCopy[]> {
    const except = exceptAbout.flatMap(({ kind, ids }) => ids.map((id) => ({ kind, id })));
    return read.manager.query<PayloadRow[]>(
      `select p.entry, p.part, e.at
         from ledger_payload p join ledger_entry e on e.tenant = p.tenant and e.id = p.entry
        where p.tenant = $1 and e.at < $2 and not e.type = any ($3::text[])
          and not exists (select 1 from ledger_about a join unnest($4::text[], $5::uuid[]) as x (kind, about) on x.kind = a.kind and x.about = a.about
                           where a.tenant = e.tenant and a.entry = e.id)
          and not exists (select 1 from ledger_payload_subject s
                           where s.tenant = p.tenant and s.entry = p.entry and s.part = p.part and s.subject = any ($6::uuid[]))
        order by e.position, p.part limit $7`,
      [
        read.context.tenant,
        before,
        [...exceptTypes],
        except.map(({ kind }) => kind),
        except.map(({ id }) => id),
        [...exceptSubjects],
        limit,
      ],
    );
  }

  /** Answers how many were still there. */
  async destroy(write: WriteContext, copies: readonly Pick<PayloadCopy, 'entry' | 'part'>[]): Promise<number> {
    if (copies.length === 0) return 0;
    const rows = await write.manager.query<{ gone: number }[]>(
      `with doomed as (
         select * from unnest($2::uuid[], $3::text[]) as d (entry, part)
       ), payloads as (
         delete from ledger_payload p using doomed d where p.tenant = $1 and p.entry = d.entry and p.part = d.part
         returning p.entry, p.part, p.wrapped_key
       ), subjects as (
         delete from ledger_payload_subject s
          using payloads p, jsonb_array_elements_text(convert_from(p.wrapped_key, 'UTF8')::jsonb -> 'subjects') as owner (subject)
          where s.tenant = $1 and s.subject = owner.subject::uuid and s.entry = p.entry and s.part = p.part
       )
       select count(*)::int as gone from payloads`,
      [write.context.tenant, copies.map(({ entry }) => entry), copies.map(({ part }) => part)],
    );
    return rows[0]?.gone ?? 0;
  }
}
