import { PolicyService, type Simulation, type SimulationRefusal, SimulationService } from '@imprimatur/domain/policies';
import { assert, type BundleId, type Context, notFound, ok, parseId, refuse, type Result, type SimulationId } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  Door,
  type DoorContext,
  isIdKey,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
  valueOf,
} from '../door/index.js';
import { PolicyVersionLoader } from '../policy/policy.loader.js';
import { toPolicyVersion } from '../policy/policy.mapper.js';
import { SimulationLoader } from './simulation.loader.js';
import { type SimulationParent, toSimulation } from './simulation.mapper.js';

interface StartInput {
  readonly idempotencyKey: string;
  readonly from?: string | null;
  readonly to: string;
  readonly since: Date;
  readonly until: Date;
  readonly questionsMax: number;
}

@Resolver('PolicySimulation')
export class SimulationResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly policies: PolicyService,
    private readonly simulations: SimulationService,
    private readonly loader: SimulationLoader,
    private readonly versions: PolicyVersionLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('simulation', 'PolicySimulation', (door, id) => this.load(door, id as SimulationId));
  }

  @Query('policySimulation')
  async one(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('simulation', text);
    return id && this.load(door, id);
  }

  @Query('policySimulations')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const found = await this.unitOfWork.read(context, (read) => this.simulations.list(read, { first: page.limit, after: page.after }));
    return toConnection(page, found, ({ id }) => id, toSimulation);
  }

  @Mutation('startPolicySimulation')
  async start(@Caller() context: Context, @Args('input') input: StartInput): Promise<object> {
    const result = await this.mutations.run(context, 'startPolicySimulation', input, async (write) => {
      const started = await this.started(write, input);
      return started.ok ? ok(started.value.id) : started;
    });
    return payloadOf(result, 'StartPolicySimulationSuccess', (id) => this.field(context, id));
  }

  @Mutation('cancelPolicySimulation')
  async cancel(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly simulation: string },
  ): Promise<object> {
    const result = await this.mutations.run(context, 'cancelPolicySimulation', input, async (write) => {
      const id = parseId('simulation', input.simulation);
      const cancelled = id ? await this.simulations.cancel(write, id) : refuse(notFound('simulation'));
      return cancelled.ok ? ok(cancelled.value.id) : cancelled;
    });
    return payloadOf(result, 'CancelPolicySimulationSuccess', (id) => this.field(context, id));
  }

  @ResolveField('from')
  async from(@Door() door: DoorContext, @Parent() { fromId }: SimulationParent): Promise<object> {
    return this.version(door, fromId);
  }

  @ResolveField('to')
  async to(@Door() door: DoorContext, @Parent() { toId }: SimulationParent): Promise<object> {
    return this.version(door, toId);
  }

  private async started(write: WriteContext, input: StartInput): Promise<Result<Simulation, SimulationRefusal>> {
    const { since, until, questionsMax } = input;
    const to = parseId('bundle', input.to);
    const from = input.from ? parseId('bundle', input.from) : (await this.policies.active(write)).id;
    return to && from ? this.simulations.start(write, { from, to, since, until, questionsMax }) : refuse(notFound('policy version'));
  }

  private async version(door: DoorContext, id: BundleId): Promise<object> {
    const bundle = await this.versions.load(door, id);
    assert(bundle, 'the bundles of a simulation are kept');
    return toPolicyVersion(bundle);
  }

  private async field(context: Context, id: SimulationId): Promise<{ readonly simulation: object }> {
    const [found] = await this.unitOfWork.read(context, (read) => this.simulations.findMany(read, [id]));
    return { simulation: toSimulation(valueOf(found ? ok(found) : refuse(notFound('simulation')))) };
  }

  private async load(door: DoorContext, id: SimulationId): Promise<object | null> {
    const simulation = await this.loader.load(door, id);
    return simulation && toSimulation(simulation);
  }
}
