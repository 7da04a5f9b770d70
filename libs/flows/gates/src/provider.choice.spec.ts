import { type Attempt, CAPACITY } from '@imprimatur/domain/providers';
import { providersLeft } from './provider.choice';

const tried = (provider: string, errorCode: string | null) => ({ provider, ending: { errorCode } }) as Attempt;

describe('the providers that a turn may still go to', () => {
  it.each([
    [['a', 'b'], []],
    [['b'], [tried('a', CAPACITY)]],
    [[], [tried('a', CAPACITY), tried('b', CAPACITY)]],
    [['a', 'b'], [tried('a', 'TIMEOUT')]],
    [['a', 'b'], [tried('a', null)]],
    [['a', 'b'], [{ provider: 'a', ending: null } as Attempt]],
  ])('are %j after %j', (left, attempts) => expect(providersLeft(['a', 'b'], attempts)).toEqual(left));
});
