import { PolicyService } from '@imprimatur/domain/policies';
import { type Context, ok, toPublicId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Controller, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { answerOf, Caller, Can, MutationRunner, RefusedException } from '../door/index.js';
import { BODY_BYTES_MAX, readPolicyBody } from './policy.body.js';

const REFUSED = {
  type: {
    status: 415,
    code: 'MEDIA_TYPE_UNSUPPORTED',
    message: 'The body is no policy bundle.',
    remedy: 'Send content-type: application/vnd.imprimatur.policy-bundle+json, not compressed.',
  },
  size: {
    status: 413,
    code: 'BODY_TOO_LARGE',
    message: `The bundle has more than ${BODY_BYTES_MAX} bytes.`,
    remedy: 'Leave out what a bundle has no place for.',
  },
  form: {
    status: 400,
    code: 'BAD_REQUEST',
    message: 'The body is not as a bundle is sent.',
    remedy: 'Send UTF-8 JSON: { "files": { "bundle.yaml": "...", "rules/usage.cedar": "..." } }, at most 500 files.',
  },
} as const;

/** `POST /policy-bundles`: bundles are larger than GraphQL's bodies may be. */
@Controller()
export class PolicyController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly policies: PolicyService,
  ) {}

  @Post('policy-bundles')
  @HttpCode(201)
  @Can('create', 'PolicyBundle')
  async draft(
    @Caller() context: Context,
    @Headers('idempotency-key') key: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    // whoever is refused before the whole body was read would go on sending it
    response.setHeader('connection', 'close');
    if (!key) {
      const remedy = 'Send any text that is new for each bundle.';
      throw new RefusedException({ code: 'IDEMPOTENCY_KEY_MISSING', message: 'The header idempotency-key is missing.', remedy }, 400);
    }
    const body = await readPolicyBody(request);
    if ('problem' in body) {
      const { status, ...refusal } = REFUSED[body.problem];
      throw new RefusedException(refusal, status);
    }
    const sorted = Object.entries(body.files).sort(([a], [b]) => (a < b ? -1 : 1));
    const requestDigest = createHash('sha256').update(JSON.stringify(sorted)).digest();
    const drafted = await this.mutations.runDigested(context, { operation: 'draftPolicy', key, requestDigest }, async (write) => {
      const stored = await this.policies.draft(write, body.files);
      return stored.ok ? ok(stored.value.id) : stored;
    });
    const id = answerOf(drafted);
    const bundle = answerOf(await this.unitOfWork.read(context, (read) => this.policies.find(read, id)));
    const { name, version, hash, state } = bundle;
    return { policyVersion: { id: toPublicId('bundle', id), name, version, hash, state: state.toUpperCase() } };
  }
}
