import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Person, type Refused, type TestService, until } from './service';

const REFUSED = '... on Refused { __typename code message remedy }';
const key = (): string => randomBytes(12).toString('hex');

/** The photo that ships with the project: one adult face. */
export const PORTRAIT = readFileSync(join(__dirname, '../../apps/demo/photo/portrait.jpg'));

export interface Item {
  readonly id: string;
  readonly state: string;
  readonly question: string | null;
  readonly failure: string | null;
  readonly verdicts: readonly {
    readonly gate: string;
    readonly outcome: string;
    readonly findings: readonly { readonly rule: string; readonly reason: string; readonly met: readonly string[] }[];
  }[];
  readonly resultVersion: { readonly id: string } | null;
  readonly reviewTask: { readonly id: string; readonly state: string; readonly queue: string } | null;
  readonly attempts: readonly { readonly number: number; readonly outcome: string | null }[];
}

export async function acknowledge(person: Person): Promise<void> {
  const { duties } = await person.graphql<{ duties: { usage: { bundle: string } } }>('{ duties { usage { bundle } } }');
  const { acknowledgePolicy } = await person.graphql<{ acknowledgePolicy: Refused | { __typename: 'AcknowledgePolicySuccess' } }>(
    `mutation($input: AcknowledgePolicyInput!) { acknowledgePolicy(input: $input) { __typename ${REFUSED} } }`,
    { input: { idempotencyKey: key(), bundle: duties.usage.bundle } },
  );
  if (acknowledgePolicy.__typename === 'Refused') throw new Error(JSON.stringify(acknowledgePolicy));
}

export interface Purpose {
  readonly useCase: string;
  readonly channel: string;
}

export const MARKETING: Purpose = { useCase: 'marketing', channel: 'website' };
export const DRAFT: Purpose = { useCase: 'internal-draft', channel: 'internal' };

/** What people do with the service, in the words of its API. */
export class Story {
  constructor(
    readonly creator: Person,
    readonly approver: Person,
    readonly legal: Person,
    readonly auditor: Person,
  ) {}

  /** The creator has acknowledged the policy, as everybody does before they edit. */
  static async begin(service: TestService): Promise<Story> {
    const story = await Story.beforeReading(service);
    await acknowledge(story.creator);
    return story;
  }

  /** Nobody has acknowledged anything. */
  static async beforeReading(service: TestService): Promise<Story> {
    const [creator, approver, legal, auditor] = await Promise.all(['ana', 'ben', 'lea', 'axel'].map((person) => service.signIn(person)));
    if (!creator || !approver || !legal || !auditor) throw new Error('the demonstration people can sign in');
    return new Story(creator, approver, legal, auditor);
  }

  async upload(bytes: Uint8Array, name = 'picture.jpg'): Promise<string> {
    const { status, body } = await this.creator.upload(bytes, name);
    if (!body.asset) throw new Error(`upload: ${status} ${JSON.stringify(body)}`);
    return body.asset.id;
  }

  async screened(asset: string): Promise<number> {
    const { asset: found } = await until(
      () =>
        this.creator.graphql<{ asset: { screening: { state: string; faces: unknown[] } } }>(
          'query($id: ID!) { asset(id: $id) { screening { state faces { score } } } }',
          {
            id: asset,
          },
        ),
      (answer) => answer.asset.screening.state !== 'PENDING',
    );
    return found.screening.faces.length;
  }

  async consent(asset: string, purpose: Purpose = MARKETING, face = 0, validUntil: Date | null = null): Promise<void> {
    const { registerConsent } = await this.legal.graphql<{ registerConsent: Refused | { __typename: 'RegisterConsentSuccess' } }>(
      `mutation($input: RegisterConsentInput!) { registerConsent(input: $input) { __typename ${REFUSED} } }`,
      {
        input: {
          idempotencyKey: key(),
          asset,
          face,
          validUntil,
          person: 'The person shown',
          ageBand: 'ADULT',
          method: 'signed-form',
          noticeText: 'Your portrait may be retouched.',
          scope: { useCases: [purpose.useCase], kindsOfChange: ['retouch'], channels: [purpose.channel], territories: ['*'] },
        },
      },
    );
    if (registerConsent.__typename === 'Refused') throw new Error(JSON.stringify(registerConsent));
  }

  async session(assets: readonly string[], purpose: Purpose = MARKETING): Promise<string> {
    const { openSession } = await this.creator.graphql<{
      openSession: Refused | { __typename: 'OpenSessionSuccess'; session: { id: string } };
    }>(
      `mutation($input: OpenSessionInput!) { openSession(input: $input) { __typename ... on OpenSessionSuccess { session { id } } ${REFUSED} } }`,
      { input: { idempotencyKey: key(), name: 'Test', ...purpose, territory: 'none', assets } },
    );
    if (openSession.__typename === 'Refused') throw new Error(JSON.stringify(openSession));
    return openSession.session.id;
  }

  async submit(session: string, asset: string, prompt: string, idempotencyKey = key()): Promise<string> {
    const { submitTurn } = await this.creator.graphql<{ submitTurn: Refused | { __typename: 'SubmitTurnSuccess'; turn: { id: string } } }>(
      `mutation($input: SubmitTurnInput!) { submitTurn(input: $input) { __typename ... on SubmitTurnSuccess { turn { id } } ${REFUSED} } }`,
      { input: { idempotencyKey, session, prompt, targets: [{ asset }] } },
    );
    if (submitTurn.__typename === 'Refused') throw new Error(JSON.stringify(submitTurn));
    return submitTurn.turn.id;
  }

  async item(turn: string): Promise<Item> {
    const answer = await this.creator.graphql<{ turn: { items: Item[] } }>(
      `query($id: ID!) { turn(id: $id) { items { id state question failure verdicts { gate outcome findings { rule reason met } }
         resultVersion { id } reviewTask { id state queue } attempts { number outcome } } } }`,
      { id: turn },
    );
    const [item] = answer.turn.items;
    if (!item) throw new Error('a turn has an item');
    return item;
  }

  async settled(
    turn: string,
    states: readonly string[] = ['HELD', 'HELD_BEFORE', 'RELEASED', 'REFUSED', 'CLARIFYING', 'FAILED', 'REJECTED'],
  ): Promise<Item> {
    return until(
      () => this.item(turn),
      ({ state }) => states.includes(state),
    );
  }

  /** A governed edit up to its hold or release. */
  async edit(asset: string, prompt: string, purpose: Purpose = MARKETING): Promise<{ turn: string; item: Item }> {
    const turn = await this.submit(await this.session([asset], purpose), asset, prompt);
    return { turn, item: await this.settled(turn) };
  }

  async claim(
    reviewer: Person,
    task: string,
  ): Promise<Refused | { __typename: 'ClaimTaskSuccess'; leaseToken: string; task: { contentSha256: string } }> {
    const { claimTask } = await reviewer.graphql<{
      claimTask: Refused | { __typename: 'ClaimTaskSuccess'; leaseToken: string; task: { contentSha256: string } };
    }>(
      `mutation($input: ClaimTaskInput!) { claimTask(input: $input) { __typename ... on ClaimTaskSuccess { leaseToken task { contentSha256 } } ${REFUSED} } }`,
      { input: { idempotencyKey: key(), task } },
    );
    return claimTask;
  }

  async decide(
    reviewer: Person,
    task: string,
    decision: { leaseToken: string; contentSha256: string; outcome: string; reasonCode: string; text?: string },
  ): Promise<Refused | { __typename: 'DecideTaskSuccess' }> {
    const { decideTask } = await reviewer.graphql<{ decideTask: Refused | { __typename: 'DecideTaskSuccess' } }>(
      `mutation($input: DecideTaskInput!) { decideTask(input: $input) { __typename ${REFUSED} } }`,
      { input: { idempotencyKey: key(), task, text: '', ...decision } },
    );
    return decideTask;
  }

  async approve(item: Item): Promise<void> {
    const task = item.reviewTask?.id ?? '';
    const claim = await this.claim(this.approver, task);
    if (claim.__typename === 'Refused') throw new Error(JSON.stringify(claim));
    const decided = await this.decide(this.approver, task, {
      leaseToken: claim.leaseToken,
      contentSha256: claim.task.contentSha256,
      outcome: 'APPROVE',
      reasonCode: 'meets-policy',
    });
    if (decided.__typename === 'Refused') throw new Error(JSON.stringify(decided));
  }

  async startExport(version: string, format = 'JPEG'): Promise<Refused | { __typename: 'ExportVersionSuccess'; export: { id: string } }> {
    const { exportVersion } = await this.creator.graphql<{
      exportVersion: Refused | { __typename: 'ExportVersionSuccess'; export: { id: string } };
    }>(
      `mutation($input: ExportVersionInput!) { exportVersion(input: $input) { __typename ... on ExportVersionSuccess { export { id } } ${REFUSED} } }`,
      { input: { idempotencyKey: key(), version, format } },
    );
    return exportVersion;
  }

  async exported(id: string): Promise<{ state: string; fileUrl: string | null; failure: string | null; releaseIndex: string | null }> {
    return until(
      async () =>
        (
          await this.creator.graphql<{
            export: { state: string; fileUrl: string | null; failure: string | null; releaseIndex: string | null };
          }>('query($id: ID!) { export(id: $id) { state fileUrl failure releaseIndex } }', { id })
        ).export,
      ({ state }) => state === 'DONE' || state === 'FAILED',
    );
  }

  /** Types of every event of one turn's item, in the order of the ledger. */
  async events(item: string): Promise<readonly string[]> {
    const { auditEvents } = await this.auditor.graphql<{ auditEvents: { edges: { node: { type: string } }[] } }>(
      'query($item: ID!) { auditEvents(filter: { item: $item }, first: 100) { edges { node { type } } } }',
      { item },
    );
    return auditEvents.edges.map(({ node }) => node.type);
  }
}
