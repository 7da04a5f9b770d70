import { newId, toPublicId } from '@imprimatur/kernel';
import { IMPORT_COLUMNS, IMPORT_LINES_MAX, type ReadImport, readConsentLines } from './consent.csv';

const NOW = new Date('2026-11-23T12:00:00Z');
const ASSET = newId('asset');
const HEADINGS = IMPORT_COLUMNS.join(',');
const GOOD: Readonly<Record<string, string>> = {
  asset: toPublicId('asset', ASSET),
  face: '1',
  person: '"Example, Ada"',
  ageBand: 'ADULT',
  method: 'signed-form',
  noticeText: '"You will be\r\nshown, as ""yourself""."',
  noticeLanguage: '',
  useCases: 'marketing  internal-draft',
  kindsOfChange: 'retouch',
  channels: 'web print',
  territories: 'DE FR',
  validUntil: '2031-01-31T12:00:00+01:00',
};

const line = (changed: Readonly<Record<string, string>> = {}): string =>
  IMPORT_COLUMNS.map((column) => changed[column] ?? GOOD[column] ?? '').join(',');

async function read(text: string | Uint8Array): Promise<ReadImport> {
  return readConsentLines(
    (async function* () {
      yield typeof text === 'string' ? Buffer.from(text) : text;
    })(),
    NOW,
  );
}

const told = async (text: string | Uint8Array): Promise<(string | number | null)[][]> =>
  (await read(text)).problems.map(({ line: at, column, code }) => [at, column, code]);

describe('a file of consents', () => {
  it.each([
    ['as RFC 4180 has it', `${HEADINGS}\r\n${line()}\r\n`],
    ['with a byte order mark and no last line end', `\ufeff${HEADINGS}\n${line()}`],
    [
      'with its columns in another order',
      `${[...IMPORT_COLUMNS].reverse().join(',')}\n${IMPORT_COLUMNS.map((c) => GOOD[c])
        .reverse()
        .join(',')}\n`,
    ],
    ['with semicolons, as some spreadsheets write', `${HEADINGS.replaceAll(',', ';')}\n${IMPORT_COLUMNS.map((c) => GOOD[c]).join(';')}\n`],
  ])('is read %s', async (_name, text) => {
    const answer = await read(text);
    expect(answer.problems).toEqual([]);
    expect(answer.lines).toEqual([
      {
        line: 2,
        wish: {
          asset: ASSET,
          face: 1,
          person: 'Example, Ada',
          ageBand: 'adult',
          method: 'signed-form',
          notice: { text: 'You will be\nshown, as "yourself".', language: 'en' },
          scope: {
            useCases: ['marketing', 'internal-draft'],
            kindsOfChange: ['retouch'],
            channels: ['web', 'print'],
            territories: ['DE', 'FR'],
            providers: null,
            training: false,
          },
          representative: null,
          modelRelease: null,
          propertyRelease: null,
          validUntil: new Date('2031-01-31T11:00:00Z'),
        },
      },
    ]);
  });

  it('may leave out what need not be said', async () => {
    const columns = IMPORT_COLUMNS.filter((column) => column !== 'noticeLanguage' && column !== 'validUntil');
    const { lines } = await read(`${columns.join(',')}\n${columns.map((column) => GOOD[column]).join(',')}\n`);
    expect(lines).toMatchObject([{ wish: { notice: { language: 'en' }, validUntil: null } }]);
  });

  it('names the guardian of a minor, releases, providers and training', async () => {
    const minor = {
      ageBand: 'MINOR',
      representative: 'Bea Example',
      representativeKind: 'guardian',
      representativeBasis: 'parent',
      modelRelease: 'MR-LMR',
      providers: 'none',
      training: 'yes',
    };
    const { lines } = await read(`${HEADINGS}\n${line(minor)}\n`);
    expect(lines).toMatchObject([
      {
        wish: {
          ageBand: 'minor',
          representative: { name: 'Bea Example', kind: 'guardian', basis: 'parent' },
          modelRelease: 'MR-LMR',
          scope: { providers: [], training: true },
        },
      },
    ]);
    const text = [
      HEADINGS,
      line({ ageBand: 'MINOR', noticeText: 'Read.' }),
      line({ ...minor, representativeBasis: 'heir', noticeText: 'Read.' }),
      line({ modelRelease: 'MR', propertyRelease: 'PR', training: 'perhaps', noticeText: 'Read.' }),
    ].join('\n');
    expect(await told(text)).toEqual([
      [2, 'representative', 'CONSENT_GUARDIAN_MISSING'],
      [3, 'representative', 'CONSENT_REPRESENTATIVE_INVALID'],
      [4, 'training', 'TRAINING_UNREADABLE'],
      [4, 'modelRelease', 'CONSENT_RELEASE_UNKNOWN'],
      [4, 'propertyRelease', 'CONSENT_RELEASE_UNKNOWN'],
    ]);
  });

  it('tells every problem of every line, by where the line begins', async () => {
    const text = [
      HEADINGS,
      line({ asset: 'picture 7', face: '-1', ageBand: 'old', validUntil: 'soon', method: 'hearsay' }),
      line(),
      line({ person: ' ', territories: 'Germany', kindsOfChange: '', validUntil: '2026-11-23T12:00:00Z' }),
      line({ validUntil: '2031-02-30T12:00:00Z' }),
      'too,short',
    ].join('\n');
    expect(await told(text)).toEqual([
      [2, 'asset', 'ASSET_UNREADABLE'],
      [2, 'face', 'FACE_UNREADABLE'],
      [2, 'ageBand', 'AGE_BAND_UNKNOWN'],
      [2, 'validUntil', 'MOMENT_UNREADABLE'],
      [2, 'method', 'CONSENT_METHOD_UNKNOWN'],
      [6, 'person', 'CONSENT_TEXT_INVALID'],
      [6, 'validUntil', 'CONSENT_PERIOD_INVALID'],
      [6, 'kindsOfChange', 'CONSENT_SCOPE_INVALID'],
      [6, 'territories', 'CONSENT_SCOPE_INVALID'],
      [8, 'validUntil', 'MOMENT_UNREADABLE'],
      [10, null, 'FIELDS_MISCOUNTED'],
    ]);
    expect((await read(text)).lines).toEqual([]);
  });

  it('repeats nothing of what it says', async () => {
    const { problems } = await read(
      `${HEADINGS}\n${line({ person: '', method: 'Ada wrote', asset: 'Ada', face: 'Ada', territories: 'Ada' })}\nAda\n`,
    );
    expect(problems.length).toBeGreaterThan(4);
    expect(JSON.stringify(problems)).not.toContain('Ada');
  });

  it.each<[string, (string | number | null)[]]>([
    ['', [1, null, 'LINES_NONE']],
    [`${HEADINGS}\n`, [1, null, 'LINES_NONE']],
    [`${HEADINGS},email\n${line()},x\n`, [1, null, 'COLUMN_UNKNOWN']],
    [`${HEADINGS},asset\n`, [1, 'asset', 'COLUMN_TWICE']],
    [`${HEADINGS.replace('person,', '')}\n`, [1, 'person', 'COLUMN_MISSING']],
    [`${HEADINGS}\n${line()}\n${line()}\n`, [4, null, 'LINE_TWICE']],
    [`${HEADINGS}\n${line({ person: '"Ada' })}\n`, [2, null, 'CSV_BROKEN']],
  ])('%j is refused', async (text, problem) => {
    expect(await told(text)).toEqual([problem]);
  });

  it('that is not in UTF-8 is refused', async () => {
    expect(await told(Buffer.concat([Buffer.from(`${HEADINGS}\n`), Buffer.from([0xc3, 0x28])]))).toContainEqual([1, null, 'CSV_BROKEN']);
  });

  it(`has at most ${IMPORT_LINES_MAX} lines`, async () => {
    const short = { noticeText: 'Read this.' };
    const lines = Array.from({ length: IMPORT_LINES_MAX }, (_, at) => line({ ...short, person: `P${at}` }));
    expect((await read([HEADINGS, ...lines].join('\n'))).lines).toHaveLength(IMPORT_LINES_MAX);
    expect(await told([HEADINGS, ...lines, line({ ...short, person: 'P' })].join('\n'))).toEqual([
      [IMPORT_LINES_MAX + 2, null, 'LINES_TOO_MANY'],
    ]);
  });
});
