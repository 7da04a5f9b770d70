import { randomBytes } from 'node:crypto';
import { type Person, TestService } from '../../support/service';
import { PORTRAIT, Story } from '../../support/story';

interface Withdrawn {
  readonly __typename: string;
  readonly code?: string;
  readonly report?: Readonly<Record<string, number>>;
}

async function withdraw(person: Person, consent: string): Promise<Withdrawn> {
  const { withdrawConsent } = await person.graphql<{ withdrawConsent: Withdrawn }>(
    `mutation($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { __typename ... on Refused { code message remedy }
       ... on WithdrawConsentSuccess { report { versionsBlocked itemsEnded tasksClosed exportsFlagged exportsStopped } } } }`,
    { input: { idempotencyKey: randomBytes(12).toString('hex'), consent, reason: 'She asked for it.' } },
  );
  return withdrawConsent;
}

describe('a consent that is withdrawn', () => {
  let service: TestService;
  let story: Story;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
  }, 120_000);
  afterAll(() => service.close());

  it('takes versions, items, tasks and exports along, once', async () => {
    const asset = await story.upload(PORTRAIT);
    await story.screened(asset);
    await story.consent(asset);
    const { item } = await story.edit(asset, 'make it brighter');
    await story.approve(item);
    const started = await story.startExport(item.resultVersion?.id ?? '');
    if (started.__typename === 'Refused') throw new Error(started.code);
    expect(await story.exported(started.export.id)).toMatchObject({ state: 'DONE' });
    const held = await story.edit(asset, 'make it brighter');
    expect(held.item.state).toBe('HELD');
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { id: string } }[] } }>(
      '{ consentRecords { edges { node { id } } } }',
    );
    const consent = consentRecords.edges[0]?.node.id ?? '';

    const both = await Promise.all([withdraw(story.legal, consent), withdraw(story.legal, consent)]);
    const reports = both.map(({ report }) => report).sort((a, b) => (b?.versionsBlocked ?? 0) - (a?.versionsBlocked ?? 0));
    expect(reports).toEqual([
      { versionsBlocked: 3, itemsEnded: 2, tasksClosed: 1, exportsFlagged: 1, exportsStopped: 0 },
      { versionsBlocked: 0, itemsEnded: 0, tasksClosed: 0, exportsFlagged: 0, exportsStopped: 0 },
    ]);
    const answer = await story.creator.graphql<{ export: { standing: string } }>('query($id: ID!) { export(id: $id) { standing } }', {
      id: started.export.id,
    });
    expect(answer.export.standing).toBe('WITHDRAWN');
    expect(await story.startExport(item.resultVersion?.id ?? '')).toMatchObject({ code: 'VERSION_NOT_RELEASED' });
    await expect(story.edit(asset, 'make it brighter')).rejects.toThrow('VERSION_BLOCKED');
    expect(await story.events(held.item.id)).toEqual(expect.arrayContaining(['task.voided', 'item.cancelled']));
  }, 240_000);

  it('leaves no valid export behind when one is running', async () => {
    const asset = await story.upload(PORTRAIT);
    await story.screened(asset);
    await story.consent(asset);
    const { item } = await story.edit(asset, 'make it brighter');
    await story.approve(item);
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { id: string } }[] } }>(
      '{ consentRecords { edges { node { id } } } }',
    );
    const version = item.resultVersion?.id ?? '';
    const [withdrawn, ...started] = await Promise.all([
      withdraw(story.legal, consentRecords.edges[0]?.node.id ?? ''),
      ...Array.from({ length: 4 }, () => story.startExport(version)),
    ]);
    expect(withdrawn.__typename).toBe('WithdrawConsentSuccess');
    for (const each of started) {
      if (each.__typename === 'Refused') continue;
      await story.exported(each.export.id);
      const answer = await story.creator.graphql<{ export: { state: string; standing: string } }>(
        'query($id: ID!) { export(id: $id) { state standing } }',
        { id: each.export.id },
      );
      expect(['FAILED VALID', 'DONE WITHDRAWN']).toContain(`${answer.export.state} ${answer.export.standing}`);
    }
  }, 240_000);
});
