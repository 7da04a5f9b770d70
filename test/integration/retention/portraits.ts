import { randomBytes } from 'node:crypto';
import { newId, type SubjectId, type TenantId } from '@imprimatur/kernel';
import { type Person, type RetentionRoom, sha256, valueOf } from './retention-room';

export interface People {
  readonly tenant: TenantId;
  readonly legal: Person;
  readonly creator: Person;
}

export interface Portrait {
  readonly subject: SubjectId;
  readonly bytes: Uint8Array;
  readonly derived: Uint8Array;
  readonly pixels: Uint8Array;
  readonly fingerprint: string;
  readonly asset: Awaited<ReturnType<RetentionRoom['upload']>>['asset'];
  readonly version: Awaited<ReturnType<RetentionRoom['upload']>>['version'];
  readonly made: Awaited<ReturnType<RetentionRoom['derive']>>;
}

/** A picture of somebody, screened, consented to, and edited once. */
export async function portraitIn(room: RetentionRoom, { tenant, legal, creator }: People): Promise<Portrait> {
  const [pixels, fingerprint, derived] = [randomBytes(32), randomBytes(32).toString('hex'), randomBytes(500)];
  const { asset, version, bytes } = await room.upload(creator);
  await room.screen(tenant, version, { pixels, fingerprint });
  const made = await room.derive(tenant, version, derived);
  const subject = await room.consent(legal, version);
  return { subject, bytes, derived, pixels, fingerprint, asset, version, made };
}

/** Every copy that there can be: a turn with a mask and an attempt, a review, an export. */
export async function everywhereIn(
  room: RetentionRoom,
  { tenant, creator }: People,
  found: Portrait,
): Promise<{ readonly signed: Uint8Array; readonly task: string; readonly item: string }> {
  const { asset, version, made } = found;
  const session = valueOf(
    await room.write(creator, (write) =>
      room.editing.openSession(write, { name: 'Maria, spring', useCase: 'marketing', channel: 'web', territory: 'DE', assets: [asset.id] }),
    ),
  );
  const target = { asset: asset.id, version: version.id, width: 400, height: 300 };
  const { items } = valueOf(
    await room.write(creator, (write) =>
      room.editing.submitTurn(write, {
        session: session.id,
        prompt: 'Make her smile',
        targets: [target],
        masks: [{ asset: asset.id, shape: { kind: 'box', left: 10, top: 10, width: 50, height: 50 } }],
      }),
    ),
  );
  const item = items[0]?.id ?? newId('item');
  await room.write(room.system(tenant), (write) =>
    room.editing.recordVerdicts(write, item, [{ gate: 'consent', outcome: 'hold', findings: [], evidence: { faces: [{ left: 1 }] } }]),
  );
  const task = await room.write(room.system(tenant), (write) =>
    room.reviews.open(write, {
      asset: asset.id,
      turn: items[0]?.turn ?? newId('turn'),
      item,
      version: made.id,
      contentDigest: sha256(found.derived),
      queue: 'marketing',
      priority: 5,
      dueAt: new Date('2026-12-01T10:00:00.000Z'),
      findings: [],
      bundleHash: 'ab'.repeat(32),
      requester: creator.actor.subject,
      lastEditor: null,
      depicted: [found.subject],
      session: null,
      kind: 'hold',
      slots: ['any'],
      follows: null,
      policyAuthor: null,
      involved: [],
      deciders: [],
    }),
  );
  const approver = await room.person(tenant, 'approver');
  const claim = valueOf(await room.write(approver, (write) => room.reviews.claim(write, task.id)));
  valueOf(
    await room.write(approver, (write) =>
      room.reviews.decide(write, {
        task: task.id,
        token: claim.token,
        outcome: 'approve',
        reasonCode: 'fine',
        text: '',
        contentDigest: sha256(found.derived),
        policy: {
          bundleHash: 'ab'.repeat(32),
          reasons: { approve: [{ code: 'fine', text: 'optional' }], reject: [], 'request-changes': [], escalate: [] },
          conditions: [],
          channels: [],
          queues: [],
          undoSeconds: 0,
        },
      }),
    ),
  );
  const signed = randomBytes(700);
  await room.write(room.system(tenant), async (write) => {
    valueOf(await room.assets.release(write, made.id, { turn: items[0]?.turn ?? newId('turn'), item, decisions: [], facts: {} }));
    const exported = valueOf(
      await room.exports.request(write, {
        version: { id: made.id, asset: asset.id, releasedAt: new Date('2026-11-01T00:00:00.000Z') },
        format: 'jpeg',
        maxSide: null,
      }),
    );
    const unsigned = await room.assets.storeBlob(write, randomBytes(650), { format: 'jpeg', subjects: [] });
    await room.exports.recordRendered(write, exported.id, { blob: unsigned.id, label: null }, { pixels: 'digest' });
    const blob = await room.assets.storeBlob(write, signed, { format: 'jpeg', subjects: [] });
    await room.exports.recordSigned(write, exported.id, { blob: blob.id, sha256: sha256(signed), manifestUrn: 'urn:x', releaseIndex: 1n });
    const done = valueOf(await room.exports.find(write, exported.id));
    await room.exports.recordDownload(write, done);
  });
  return { signed, task: task.id, item };
}
