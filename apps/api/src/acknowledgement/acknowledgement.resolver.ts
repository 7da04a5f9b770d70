import { AcknowledgementService } from '@imprimatur/domain/policies';
import { type Duties, DutyFlow } from '@imprimatur/flows/gates';
import { type Context, notFound, ok, parseId, refuse, toPublicId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf, valueOf } from '../door/index.js';
import { toModule } from '../training/training.mapper.js';

@Resolver()
export class AcknowledgementResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly acknowledgements: AcknowledgementService,
    private readonly flow: DutyFlow,
  ) {}

  @Query('duties')
  async duties(@Caller() context: Context): Promise<object> {
    return toDuties(await this.unitOfWork.read(context, async (read) => valueOf(await this.flow.own(read))));
  }

  @Mutation('acknowledgePolicy')
  async acknowledge(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly bundle: string },
  ): Promise<object> {
    const result = await this.mutations.run(context, 'acknowledgePolicy', input, async (write) => {
      const bundle = parseId('bundle', input.bundle);
      const done = bundle ? await this.acknowledgements.acknowledge(write, bundle) : refuse(notFound('policy bundle'));
      return done.ok ? ok(done.value.digest) : done;
    });
    return payloadOf(result, 'AcknowledgePolicySuccess', async () => ({ duties: await this.duties(context) }));
  }
}

function toDuties({ usage, trainings }: Duties): object {
  return {
    usage: usage && {
      ...{ version: usage.text.version, title: usage.text.title, text: usage.text.text },
      bundle: toPublicId('bundle', usage.bundle),
      acknowledgedAt: usage.acknowledgedAt,
    },
    trainings: trainings.map(toModule),
  };
}
