import { type AnswerText, headText, type Operation, outcomeOf, type Request, type StatefulSigner } from '@imprimatur/domain/log-signer';
import { Fault } from '@imprimatur/kernel';
import type { FolderHold } from '@imprimatur/platform/signing';

type Desk = { readonly [O in Operation]: (asked: Request<O>) => AnswerText<O> };

/** The answers to checked requests, each synchronous: of two that come at once, one is answered after the other. */
export function signerDesk(signer: StatefulSigner, hold: FolderHold): Desk {
  const vkeysOf = (origins: readonly string[]): AnswerText<'/vkeys'> => ({ vkeys: origins.map((origin) => [...signer.vkeys(origin).all]) });
  return {
    '/sign': ({ checkpoints }) => {
      if (!hold.isHeld()) throw taken(signer.folder);
      return { answers: checkpoints.map((checkpoint) => answerTo(signer, checkpoint)) };
    },
    '/vkeys': ({ origins }) => vkeysOf(origins),
    '/pin': ({ origins }) => {
      signer.pin(origins);
      return vkeysOf(origins);
    },
    '/standings': ({ origins }) => ({
      standings: origins.map((origin) => {
        const { last, successor } = signer.standing(origin);
        return { last: last && headText(last), successor };
      }),
    }),
    '/remembered': () => ({ heads: signer.remembered().map(headText) }),
    '/retire': ({ installation, successor }) => {
      if (!hold.isHeld()) throw taken(signer.folder);
      signer.retire(installation, successor);
      return {};
    },
    '/successors': ({ installation }) => ({ successors: [...signer.successorsOf(installation)] }),
    '/has-signed': ({ note }) => ({ hasSigned: signer.hasSigned(note) }),
  };
}

/** A proof from another tree than the last one proves nothing: the caller is told which that is, and asks again. */
function answerTo(
  signer: StatefulSigner,
  { oldSize, proof, ...checkpoint }: Request<'/sign'>['checkpoints'][number],
): AnswerText<'/sign'>['answers'][number] {
  const { last } = signer.standing(checkpoint.origin);
  if ((last?.size ?? 0) !== oldSize) return { last: last && headText(last) };
  const outcome = outcomeOf(() => signer.sign(checkpoint, proof));
  return typeof outcome === 'string' ? { note: outcome } : { refused: outcome.message };
}

function taken(folder: string): Fault {
  const message = `another process took ${folder} over, which this one cannot see: nothing is signed here any more`;
  return new Fault({ room: 'signer', code: 'SIGNER_FOLDER_TAKEN', message, safe: true });
}
