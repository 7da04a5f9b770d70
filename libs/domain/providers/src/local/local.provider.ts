import { createHash } from 'node:crypto';
import { canonicalBytes, type Clock, Fault, type Json, type JsonObject, systemClock } from '@imprimatur/kernel';
import type { PictureLimits, PictureMask } from '@imprimatur/platform/images';
import { ThreadPool, threadEntry } from '@imprimatur/platform/threads';
import { parseIntent } from '../intents/parse-intent.js';
import type { Intent } from '../intents/intent.types.js';
import { describeOperation, OPERATION_TRAITS } from '../operation.rules.js';
import { readOperations } from '../operation.schema.js';
import type { Operation } from '../operation.types.js';
import type { AttemptReport, DeclaredAction, EditOutcome, EditRequest, Provider, ProviderTraits } from '../provider.types.js';
import { type LocalRefusal, nothingToDo, operationsInvalid } from './local.refusals.js';
import type { LocalResult, LocalTask } from './local.task.js';

/** Raised with every change that can change a pixel. */
export const LOCAL_VERSION = '1.0.0';
export const LOCAL_NAME = 'local';
export const LOCAL_MODEL = 'local-editor-1';
export const LOCAL_TRAITS: ProviderTraits = {
  name: LOCAL_NAME,
  version: LOCAL_VERSION,
  defaultModel: LOCAL_MODEL,
  kind: 'deterministic',
  honoursMasks: true,
  isRemote: false,
};
const AGENT = { name: 'Imprimatur local editor', version: LOCAL_VERSION };
const POOL_TIMEOUT_MS = 600_000;
const RECYCLE_RSS_BYTES = 3 * 1024 ** 3;

export interface LocalProviderOptions {
  readonly limits: PictureLimits;
  readonly threads?: number;
  readonly clock?: Clock;
}

type WithoutEnvelope<Outcome> = Outcome extends unknown
  ? Omit<Outcome, 'attempts' | 'provider' | 'requestSha256' | 'responseSha256' | 'raw' | 'safety'>
  : never;
type Body = WithoutEnvelope<EditOutcome>;

/** Edits with plain arithmetic in threads: no model, no network, no chance. The same request gives the same bytes. */
export class LocalProvider implements Provider {
  readonly name = LOCAL_TRAITS.name;
  readonly version = LOCAL_TRAITS.version;
  readonly defaultModel = LOCAL_TRAITS.defaultModel;
  readonly kind = LOCAL_TRAITS.kind;
  readonly honoursMasks = LOCAL_TRAITS.honoursMasks;
  readonly isRemote = LOCAL_TRAITS.isRemote;
  private readonly pool: ThreadPool;
  private readonly clock: Clock;

  constructor(private readonly options: LocalProviderOptions) {
    this.clock = options.clock ?? systemClock;
    this.pool = new ThreadPool({
      name: 'local-editor',
      entry: threadEntry(__dirname, 'local.thread'),
      threads: options.threads ?? 2,
      timeoutMs: POOL_TIMEOUT_MS,
      recycleRssBytes: RECYCLE_RSS_BYTES,
    });
  }

  async edit(request: EditRequest): Promise<EditOutcome> {
    const beganAt = this.clock.now();
    const sent = requestBytes(request);
    const body = await this.answer(request);
    return this.enveloped(body, sent, beganAt);
  }

  requestSha256(request: EditRequest): string {
    return sha256(requestBytes(request));
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private async answer(request: EditRequest): Promise<Body> {
    const planned = plan(request);
    if (!('operations' in planned)) return planned;
    const { operations } = planned;
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    if (request.signal?.aborted) return failed('CANCELLED', true);
    const started = performance.now();
    try {
      const task: LocalTask = { picture: request.picture, mask: request.mask, operations, limits: this.options.limits };
      const result = await this.pool.run<LocalTask, LocalResult>(task, { signal });
      return result.ok ? edited(result.value, operations, Math.round(performance.now() - started)) : refused(result.refusal);
    } catch (error) {
      // both signals abort in the same way: which of them fired is the answer
      if (request.signal?.aborted) return failed('CANCELLED', true);
      if (timeout.aborted) return failed('TIMEOUT', true);
      return error instanceof Fault ? failed(error.code, error.retryable) : failed('EDITOR_FAILED', false);
    }
  }

  private enveloped(body: Body, sent: Uint8Array, beganAt: Date): EditOutcome {
    const requestSha256 = sha256(sent);
    const response = responseBytes(body);
    const responseSha256 = response && sha256(response);
    const attempt: AttemptReport = {
      number: 1,
      beganAt,
      endedAt: this.clock.now(),
      outcome: body.outcome,
      finish: body.finish,
      requestSha256,
      responseSha256,
    };
    return {
      ...body,
      safety: [],
      attempts: [attempt],
      provider: {
        name: this.name,
        apiVersion: '1',
        requestedModel: LOCAL_MODEL,
        modelVersion: `${LOCAL_MODEL}@${LOCAL_VERSION}`,
        responseId: null,
      },
      requestSha256,
      responseSha256,
      raw: { request: sent, response },
    };
  }
}

/** The operations to do, or the answer that nothing will be done. */
function plan({ prompt, operations, mask }: EditRequest): { readonly operations: readonly Operation[] } | Body {
  if (operations !== null) {
    const read = readOperations(operations);
    if (read === null) return refused(operationsInvalid());
    return read.length === 0 ? refused(nothingToDo()) : { operations: read };
  }
  const intent = parseIntent(prompt, { hasMask: mask !== null });
  return unclear(intent) ?? { operations: intent.operations };
}

function unclear({ declined, question }: Intent): Body | null {
  if (declined) {
    const { code, message, instead } = declined;
    return { outcome: 'refused', images: [], text: message, finish: { code, message }, usage: {}, instead };
  }
  if (!question) return null;
  return {
    outcome: 'needs-clarification',
    images: [],
    text: question.text,
    finish: { code: question.code, message: question.text },
    usage: {},
    question,
  };
}

function edited(image: Extract<LocalResult, { ok: true }>['value'], operations: readonly Operation[], renderMs: number): Body {
  return {
    outcome: 'edited',
    images: [image],
    actions: operations.map(declaredAction),
    text: operations.map(describeOperation).join('; '),
    finish: { code: 'STOP', message: null },
    usage: { renderMs, images: 1 },
  };
}

function refused({ code, message, remedy }: LocalRefusal): Body {
  return { outcome: 'refused', images: [], text: `${message} ${remedy}`, finish: { code, message }, usage: {}, instead: [] };
}

function failed(code: string, retryable: boolean): Body {
  return { outcome: 'failed', images: [], text: null, finish: { code, message: null }, usage: {}, retryable };
}

/** What the manifest will say of an operation. */
export function declaredAction(operation: Operation): DeclaredAction {
  const { action, digitalSourceType, kind } = OPERATION_TRAITS[operation.operation];
  return { action, digitalSourceType, kind, softwareAgent: AGENT, description: describeOperation(operation), operation };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What a network provider would send: canonical JSON that names picture and mask by their digests. */
function requestBytes({ prompt, operations, picture, mask }: EditRequest): Uint8Array {
  return canonicalBytes({
    v: 1,
    model: LOCAL_MODEL,
    prompt: prompt.toWellFormed(),
    operations: operations === null ? null : JSON.stringify(operations).toWellFormed(),
    picture: sha256(picture),
    mask: mask && maskAsJson(mask),
  });
}

function responseBytes(body: Body): Uint8Array | null {
  if (body.outcome === 'failed') return null;
  const images = body.images.map(({ bytes, format, width, height }): JsonObject => ({ format, width, height, sha256: sha256(bytes) }));
  return canonicalBytes({
    v: 1,
    outcome: body.outcome,
    finish: { ...body.finish, message: body.finish.message?.toWellFormed() ?? null },
    images,
  });
}

function maskAsJson(mask: PictureMask): Json {
  if (mask.kind === 'png') return { kind: 'png', sha256: sha256(mask.bytes) };
  // through JSON, which writes null for what is no number: a nonsensical mask still has a digest before it is refused
  return JSON.parse(JSON.stringify(mask)) as Json;
}
