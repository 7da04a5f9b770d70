import { readFileSync } from 'node:fs';
import { MANIFEST_FORMATS, mediaTypeOf } from '@imprimatur/formats/manifest';
import { describeWithFixtures, fixture } from './fixtures';
import { ReleaseDesk } from './release-desk';
import { Rubric } from './rubric';

const CRITERIA = 31;

describeWithFixtures("the conformance programme's rubric for C2PA 2.4", () => {
  const desk = new ReleaseDesk();
  afterAll(() => desk.close());

  async function crJson(bytes: Uint8Array, mediaType: string): Promise<unknown> {
    const reading = await desk.engine.read(bytes, mediaType, desk.trust.read());
    if (reading.kind !== 'store') throw new Error(reading.kind);
    return reading.crJson;
  }

  it.each(MANIFEST_FORMATS)('gives an export in %s 31 of 31', async (format) => {
    const rubric = new Rubric(fixture('c2pa', 'rubrics', 'asset-rubric-conformance0.2-spec2.4.yml'));
    const { passed, failed } = rubric.score(await crJson((await desk.signed(format)).bytes, mediaTypeOf(format)));
    expect(failed).toEqual([]);
    expect(passed).toHaveLength(CRITERIA);
  });

  it('finds what is wrong with a manifest of another age, so it can say no', async () => {
    const rubric = new Rubric(fixture('c2pa', 'rubrics', 'asset-rubric-conformance0.2-spec2.4.yml'));
    const { failed } = rubric.score(await crJson(readFileSync(fixture('c2pa', 'signed', 'adobe-20220124-CA.jpg')), 'image/jpeg'));
    expect(failed).toEqual(
      expect.arrayContaining([
        'validation:mandatory_spec_version',
        'validation:no_deprecated_assertions',
        'validation:active_manifest_urn',
      ]),
    );
  });

  it.each(MANIFEST_FORMATS)('finds the integrity of an export in %s whole', async (format) => {
    const rubric = new Rubric(fixture('c2pa', 'rubrics', 'asset-rubric-integrity.yml'));
    const { passed, failed } = rubric.score(await crJson((await desk.signed(format)).bytes, mediaTypeOf(format)));
    expect(failed).toEqual([]);
    expect(passed.length).toBeGreaterThan(0);
  });
});
