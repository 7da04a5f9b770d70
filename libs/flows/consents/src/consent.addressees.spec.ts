import { newId } from '@imprimatur/kernel';
import { addresseesOf } from './consent.addressees';

const [ana, ben, lea] = [newId('subject'), newId('subject'), newId('subject')];
const [one, two, three] = [newId('export'), newId('export'), newId('export')];

describe('who is told', () => {
  it('is everybody once, with their own exports', () => {
    const told = addresseesOf(
      [
        { id: three, requestedBy: ben },
        { id: two, requestedBy: ana },
        { id: one, requestedBy: ana },
        { id: newId('export'), requestedBy: null },
      ],
      [lea, ana, null],
    );
    expect(told).toEqual([
      { subject: ana, exports: [one, two] },
      { subject: ben, exports: [three] },
      { subject: lea, exports: [] },
    ]);
  });

  it('is not who did it', () => {
    expect(addresseesOf([{ id: one, requestedBy: ana }], [lea], lea)).toEqual([{ subject: ana, exports: [one] }]);
    expect(addresseesOf([{ id: one, requestedBy: ana }], [lea], ana)).toEqual([{ subject: lea, exports: [] }]);
  });
});
