import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { fromBase64, type Sha256, toHex, utf8 } from '@imprimatur/kernel';
import {
  checkpointText,
  cosignature,
  cosignatureMessage,
  type Ed25519Verify,
  formatAddCheckpoint,
  formatTlogProof,
  formatVkey,
  formatWitnessVkey,
  judgeWitnessPolicy,
  parseAddCheckpoint,
  parseCheckpoint,
  parseSignatureLines,
  parseTlogProof,
  parseVkey,
  parseWitnessPolicy,
  parseWitnessVkey,
  signatureLine,
  type SignedCheckpoint,
  verifyCosignature,
} from './index.js';

const sha256: Sha256 = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const verifyEd25519: Ed25519Verify = (key, message, signature) =>
  verify(null, message, { key: Buffer.concat([SPKI, key]), format: 'der', type: 'spki' }, signature);

/** The example of C2SP tlog-cosignature, with the cosignature's key id and time as that document states them. */
const EXAMPLE = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;
/** The request of C2SP tlog-witness. */
const REQUEST = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

${EXAMPLE}`;

function witnessOf(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { name, publicKey: raw, cosign: (time: number, text: string) => sign(null, cosignatureMessage(time, text), privateKey) };
}

function checkpointWith(...lines: string[]): SignedCheckpoint {
  const parsed = parseCheckpoint(
    `${checkpointText({ origin: 'example.com/log', size: 7, root: sha256(utf8('root')) })}\n${lines.join('')}`,
  );
  if (!parsed) throw new Error('the checkpoint of the test cannot be read');
  return parsed;
}

const text = checkpointText({ origin: 'example.com/log', size: 7, root: sha256(utf8('root')) });

describe('cosignatures', () => {
  test('the example of the specification: body, key id and time', () => {
    const parsed = parseCheckpoint(EXAMPLE);
    const [, line] = parsed?.signatures ?? [];
    expect(line?.name).toBe('witness.example.com/w1');
    expect(toHex(line?.keyId ?? utf8(''))).toBe('8d66cf3f');
    expect(new DataView(Uint8Array.from(line?.signature ?? []).buffer).getBigUint64(0)).toBe(1679315147n);
    const message = new TextDecoder().decode(cosignatureMessage(1679315147, parsed?.text ?? ''));
    expect(message).toBe(
      'cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    );
  });

  test('verify under their own key and text only, and say when', () => {
    const witness = witnessOf('w.example/1');
    const other = witnessOf('w.example/1');
    const line = signatureLine(cosignature(sha256, witness, 1_700_000_000, witness.cosign(1_700_000_000, text)));
    const key = parseWitnessVkey(sha256, formatWitnessVkey(sha256, witness.name, witness.publicKey));
    const otherKey = parseWitnessVkey(sha256, formatWitnessVkey(sha256, other.name, other.publicKey));
    if (!key || !otherKey) throw new Error('a key of the test cannot be read');
    const checkpoint = checkpointWith(line);
    expect(verifyCosignature(checkpoint, key, verifyEd25519)).toEqual({ time: 1_700_000_000 });
    expect(verifyCosignature(checkpoint, otherKey, verifyEd25519)).toBeNull();
    expect(verifyCosignature({ ...checkpoint, text: text.replace('7', '8') }, key, verifyEd25519)).toBeNull();
    const later = signatureLine(cosignature(sha256, witness, 1_700_000_001, witness.cosign(1_700_000_000, text)));
    expect(verifyCosignature(checkpointWith(later), key, verifyEd25519)).toBeNull();
  });

  test('a witness key is not taken for a log key, nor the other way round', () => {
    const { name, publicKey } = witnessOf('w.example/1');
    expect(parseVkey(sha256, formatWitnessVkey(sha256, name, publicKey))).toBeNull();
    expect(parseWitnessVkey(sha256, formatVkey(sha256, name, publicKey))).toBeNull();
  });

  test('lines that are no signatures are refused whole', () => {
    const line = signatureLine({ name: 'a', keyId: Uint8Array.of(1, 2, 3, 4), signature: Uint8Array.of(5) });
    expect(parseSignatureLines(line + line)).toHaveLength(2);
    for (const wrong of ['', 'x\n', line.trimEnd(), `${line}x\n`, `${line}\n`]) expect(parseSignatureLines(wrong)).toBeNull();
  });
});

describe('the request to a witness', () => {
  test('the example of the specification, there and back', () => {
    const parsed = parseAddCheckpoint(REQUEST);
    expect(parsed).toMatchObject({ oldSize: 20852014, checkpoint: { size: 20852163, origin: 'example.com/behind-the-sofa' } });
    expect(parsed?.proof).toHaveLength(4);
    expect(formatAddCheckpoint(parsed ?? { oldSize: 0, proof: [], note: '' })).toBe(REQUEST);
  });

  test.each([
    ['no old size', REQUEST.replace('old 20852014\n', '')],
    ['a leading zero', REQUEST.replace('old 2', 'old 02')],
    ['a short hash', REQUEST.replace('PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=', 'PlRNCg==')],
    ['no checkpoint', 'old 0\n\n'],
    ['64 hashes', `old 1\n${'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n'.repeat(64)}\n${EXAMPLE}`],
  ])('%s is refused', (_, body) => expect(parseAddCheckpoint(body)).toBeNull());
});

describe('a .tlog-proof file', () => {
  test('comes back as it went, with and without extra data', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 40 }),
        fc.option(fc.uint8Array()),
        (index, proof, extra) => {
          const file = formatTlogProof({ index, proof, note: EXAMPLE, ...(extra ? { extra } : {}) });
          const parsed = parseTlogProof(file);
          expect(parsed?.index).toBe(index);
          expect(parsed?.proof.map(toHex)).toEqual(proof.map(toHex));
          expect(parsed?.extra && [...parsed.extra]).toEqual(extra ? [...extra] : undefined);
          expect(parsed?.note).toBe(EXAMPLE);
        },
      ),
    );
  });

  test.each([
    ['another version', 'c2sp.org/tlog-proof@v2\nindex 0\n\n'],
    ['no index', 'c2sp.org/tlog-proof@v1\n\n'],
    ['extra after index', 'c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n\n'],
    ['a leading zero', 'c2sp.org/tlog-proof@v1\nindex 00\n\n'],
  ])('%s is refused', (_, head) => expect(parseTlogProof(head + EXAMPLE)).toBeNull());
});

describe('a witness policy', () => {
  const [a, b, c] = [witnessOf('a.example/w'), witnessOf('b.example/w'), witnessOf('c.example/w')];
  const vkeyOf = ({ name, publicKey }: ReturnType<typeof witnessOf>) => formatWitnessVkey(sha256, name, publicKey);
  const lines = (...of: ReturnType<typeof witnessOf>[]) =>
    of.map((each) => signatureLine(cosignature(sha256, each, 1_700_000_000, each.cosign(1_700_000_000, text))));
  const policyOf = (tail: string) =>
    parseWitnessPolicy(sha256, `# ours\nwitness A ${vkeyOf(a)} https://a.example\nwitness B ${vkeyOf(b)}\nwitness C ${vkeyOf(c)}\n${tail}`);

  test.each([
    ['group two 2 A B C\nquorum two\n', [a, c], true],
    ['group two 2 A B C\nquorum two\n', [a], false],
    ['group any any A B\ngroup both all any C\nquorum both\n', [b, c], true],
    ['group any any A B\ngroup both all any C\nquorum both\n', [a, b], false],
    ['quorum C\n', [c], true],
    ['quorum none\n', [], true],
  ])('%s', (tail, present, expected) => {
    const judgement = judgeWitnessPolicy(policyOf(tail), checkpointWith(dummyLine(), ...lines(...present)), verifyEd25519);
    expect(judgement.isSatisfied).toBe(expected);
    expect(judgement.witnesses.map(({ name }) => name).sort()).toEqual(present.map(({ name }) => name[0]?.toUpperCase()).sort());
  });

  test('a public key in hex, as sigsum writes it', () => {
    const policy = parseWitnessPolicy(sha256, `witness a.example/w ${toHex(a.publicKey)}\nquorum a.example/w`);
    expect(judgeWitnessPolicy(policy, checkpointWith(...lines(a)), verifyEd25519).isSatisfied).toBe(true);
  });

  test.each([
    ['no quorum', '', /quorum/],
    ['an unknown member', 'group g 1 Z\nquorum g', /Z is not defined/],
    ['too high a threshold', 'group g 4 A B C\nquorum g', /up to 3/],
    ['a member twice', 'group g 2 A A\nquorum g', /twice/],
    ['two quorums', 'quorum A\nquorum B', /two quorum/],
    ['a name twice', 'group A any B\nquorum A', /taken/],
    ['one key under two names', 'witness D ' + 'KEY' + '\nquorum D', /twice/],
    ['a word nobody knows', 'mirror A\nquorum A', /none of log/],
  ])('%s is refused, with the line', (_, tail, message) => expect(() => policyOf(tail.replace('KEY', vkeyOf(a)))).toThrow(message));
});

function dummyLine(): string {
  return signatureLine({ name: 'somebody', keyId: fromBase64('AAAAAA=='), signature: Uint8Array.of(1) });
}
