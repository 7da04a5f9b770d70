import type { Version } from '@imprimatur/domain/assets';
import type { Screening } from '@imprimatur/domain/moderation';
import { ALL_CHANGED, FACE_CHANGED_PERMILLE_MIN, isRootSeen, sinceRoot } from './since.root.js';

const face = (left: number, changedPermille: number) => ({ left, top: 100, width: 200, height: 300, changedPermille });

describe('the faces since the upload', () => {
  const measured = { changedPermille: 70, likenessPermille: 960 };

  it('are changed from a tenth of their pixels on, and no longer asked about once they are cut away', () => {
    const regions = [face(0, FACE_CHANGED_PERMILLE_MIN - 1), face(300, FACE_CHANGED_PERMILLE_MIN), null];
    const found = sinceRoot({ ...measured, regions }, [face(10, 0), face(290, 0)]);
    expect(found.facts).toEqual({ changedFromRootPermille: 70, facesChangedSinceRoot: 1, facesAddedSinceRoot: 0 });
  });

  it('are added where none of the upload lies', () => {
    const found = sinceRoot({ ...measured, regions: [face(0, 0)] }, [face(20, 0), face(600, 0)]);
    expect(found.facts).toEqual({ changedFromRootPermille: 70, facesChangedSinceRoot: 0, facesAddedSinceRoot: 1 });
    expect(found.evidence).toMatchObject({ sinceRoot: { added: [{ left: 600 }], likenessPermille: 960 } });
  });

  it('are all added, and all is changed, where the upload could not be looked at', () => {
    const lineage = [{ id: 'made' }, { id: 'upload' }] as unknown as readonly Version[];
    const seen = (result: object | null) => new Map([['upload', { result } as Pick<Screening, 'result'>]]);
    const asked = [seen({}), seen(null), new Map<string, Screening>()].map((screenings) => isRootSeen({ lineage, screenings }));
    expect(asked).toEqual([true, false, false]);
    expect(sinceRoot(ALL_CHANGED, [face(0, 0), face(600, 0)]).facts).toEqual({
      changedFromRootPermille: 1_000,
      facesChangedSinceRoot: 0,
      facesAddedSinceRoot: 2,
    });
  });
});
