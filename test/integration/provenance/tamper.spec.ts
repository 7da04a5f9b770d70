import { openSigningCredentials } from '@imprimatur/domain/provenance';
import { type CheckName, type ExportManifestInput, MANIFEST_FORMATS } from '@imprimatur/formats/manifest';
import { systemClock } from '@imprimatur/kernel';
import { flipped, forge } from './forger';
import { makePicture, ReleaseDesk } from './release-desk';

const desk = new ReleaseDesk();
afterAll(() => desk.close());

type Receipts = ExportManifestInput['governance']['receipts'];

/** Signs an honest picture with receipts that are not. */
async function withReceipts(change: (receipts: Receipts) => Receipts): Promise<Uint8Array> {
  const file = await makePicture('jpeg');
  const input = await desk.input(file, 'jpeg');
  return forge(desk, { ...input, governance: { ...input.governance, receipts: change(input.governance.receipts) } }, file);
}

const otherBase64 = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);

/** What is changed in an export, how, and which check finds it by which code. */
const TABLE: readonly {
  readonly what: string;
  readonly make: () => Promise<Uint8Array>;
  readonly check: CheckName;
  readonly code: string;
}[] = [
  {
    what: 'a byte of the pixels',
    make: async () => flipped((await desk.signed('jpeg')).bytes, Buffer.from([0xff, 0xd9]), 'last', -40),
    check: 'content',
    code: 'assertion.dataHash.mismatch',
  },
  {
    what: 'an assertion',
    make: async () => flipped((await desk.signed('jpeg')).bytes, 'cHJvbXB0'),
    check: 'content',
    code: 'assertion.hashedURI.mismatch',
  },
  {
    what: 'the claim',
    make: async () => flipped((await desk.signed('jpeg')).bytes, 'Spring campaign'),
    check: 'signature',
    code: 'claimSignature.mismatch',
  },
  {
    what: 'the signature',
    // the payload is null and 64 bytes of signature follow
    make: async () => flipped((await desk.signed('jpeg')).bytes, Buffer.from([0xf6, 0x58, 0x40]), 'last', 9),
    check: 'signature',
    code: 'claimSignature.mismatch',
  },
  {
    what: 'the history, after it was signed',
    make: async () => {
      const parent = await desk.signed('jpeg');
      const child = await desk.signed('jpeg', await makePicture('jpeg', 3), { id: 'parent', format: 'jpeg', bytes: parent.bytes });
      // the parent's manifest stands before the child's
      return flipped(child.bytes, 'cHJvbXB0', 'first');
    },
    check: 'ingredients',
    code: 'assertion.hashedURI.mismatch',
  },
  {
    what: 'the history, before it was added',
    make: async () => {
      const file = await makePicture('jpeg', 3);
      return forge(desk, await desk.input(file, 'jpeg'), file, { parent: flipped((await desk.signed('jpeg')).bytes, 'Spring campaign') });
    },
    check: 'ingredients',
    code: 'claimSignature.mismatch',
  },
  {
    what: 'what a receipt discloses',
    make: () =>
      withReceipts(({ released, rendered }) => {
        const { binding } = rendered.parts;
        if (!binding) throw new Error('the desk discloses the binding');
        return { released, rendered: { ...rendered, parts: { binding: { ...binding, bytes: Buffer.from('{}').toString('base64') } } } };
      }),
    check: 'receipts',
    code: 'receipt.part',
  },
  {
    what: "a receipt's place in the log",
    make: () => withReceipts(({ released, rendered }) => ({ released: { ...released, index: released.index + 1 }, rendered })),
    check: 'receipts',
    code: 'receipt.proof',
  },
  {
    what: 'the root in a checkpoint',
    make: () =>
      withReceipts(({ released, rendered }) => {
        const [origin, size, root, ...rest] = released.checkpoint.split('\n');
        return { released: { ...released, checkpoint: [origin, size, otherBase64(root ?? ''), ...rest].join('\n') }, rendered };
      }),
    check: 'receipts',
    code: 'receipt.proof',
  },
  {
    what: 'the signature of a checkpoint',
    make: () =>
      withReceipts(({ released, rendered }) => {
        const signatureAt = rendered.checkpoint.lastIndexOf(' ') + 20;
        const { checkpoint } = rendered;
        return {
          released,
          rendered: { ...rendered, checkpoint: checkpoint.slice(0, signatureAt) + otherBase64(checkpoint.slice(signatureAt)) },
        };
      }),
    check: 'receipts',
    code: 'receipt.signature',
  },
  {
    what: 'which receipt is which',
    make: () => withReceipts(({ released, rendered }) => ({ released: rendered, rendered: released })),
    check: 'receipts',
    code: 'receipt.type',
  },
  {
    what: 'the release, to that of another version',
    make: async () => {
      const other = await desk.input(await makePicture('jpeg', 9), 'jpeg');
      return withReceipts(({ rendered }) => ({ released: other.governance.receipts.released, rendered }));
    },
    check: 'receipts',
    // the other release is entered before this rendering, and so only its version tells
    code: 'receipt.version',
  },
  {
    what: 'the time stamp',
    make: async () => {
      const { authority } = await openSigningCredentials({ mode: 'test', home: desk.home }, systemClock);
      const file = await makePicture('jpeg');
      return forge(desk, await desk.input(file, 'jpeg'), file, {
        authority: { stamp: () => authority.stamp(Buffer.from('another signature')) },
      });
    },
    check: 'time',
    code: 'timeStamp.mismatch',
  },
];

describe('an export in which somebody changed', () => {
  it.each(TABLE)('$what is found bad by check $check', async ({ make, check, code }) => {
    const report = await desk.verifier.verify(await make());
    expect(report).toMatchObject({ outcome: 'bad', exitCode: 1 });
    const found = report.checks.find(({ name }) => name === check);
    expect(found).toMatchObject({ outcome: 'bad', codes: expect.arrayContaining([code]) as unknown });
  });

  it.each(MANIFEST_FORMATS)('the picture, keeping the receipts of another and signing again: %s', async (format) => {
    const honest = await desk.input(await makePicture(format), format);
    const report = await desk.verifier.verify(await forge(desk, honest, await makePicture(format, 5)));
    expect(report).toMatchObject({ outcome: 'bad', exitCode: 1 });
    expect(report.words).toContain('This receipt speaks of another picture');
    expect(report.checks.find(({ name }) => name === 'receipts')).toMatchObject({ outcome: 'good' });
  });

  it('nothing, is good, so the table can tell the difference', async () => {
    const file = await makePicture('jpeg');
    expect(await desk.verifier.verify(await forge(desk, await desk.input(file, 'jpeg'), file))).toMatchObject({ outcome: 'good' });
  });
});

describe('a verifier who knows less', () => {
  it('does not know an issuer without trust anchors', async () => {
    const { bytes } = await desk.signed('jpeg');
    const report = await desk.verifier.verify(bytes, { ...desk.trust.read(), trustAnchorsPem: null });
    expect(report).toMatchObject({ outcome: 'unknown', exitCode: 2 });
    expect(report.words).toBe('Intact; issuer is not on the C2PA trust list, and this check was not told to trust it.');
  });

  it('does not take the word of a log whose key it did not bring', async () => {
    const { bytes } = await desk.signed('jpeg');
    const report = await desk.verifier.verify(bytes, { ...desk.trust.read(), logVkeys: [] });
    expect(report).toMatchObject({ outcome: 'unknown', exitCode: 2 });
    expect(report.checks.find(({ name }) => name === 'receipts')?.words).toContain('consistent, key not known');
  });

  it('is told that a time is not shown, and lets the rest stand', async () => {
    const file = await makePicture('png');
    const report = await desk.verifier.verify(await forge(desk, await desk.input(file, 'png'), file, { authority: null }));
    expect(report).toMatchObject({ outcome: 'good' });
    expect(report.checks.find(({ name }) => name === 'time')).toMatchObject({ outcome: 'unknown' });
  });
});
