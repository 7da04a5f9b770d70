import { AssetService } from '@imprimatur/domain/assets';
import { type ExportFormat, ExportService } from '@imprimatur/domain/exports';
import { ExportConditions } from '@imprimatur/flows/gates';
import { assert, type Context, type ExportId, notFound, ok, parseId, refuse, type Result } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { VersionLoader } from '../asset/asset.loader.js';
import { toVersion } from '../asset/asset.mapper.js';
import { Caller, contextFor, Door, type DoorContext, MutationRunner, NodeRegistry, payloadOf } from '../door/index.js';
import { type ExportParent, toExport } from './export.mapper.js';

interface ExportVersionInput {
  readonly idempotencyKey: string;
  readonly version: string;
  readonly format: string;
  readonly maxSide?: number | null;
  readonly labels: 'AUTO' | 'NONE';
  readonly declares: readonly string[];
}

@Resolver('Export')
export class ExportResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly assets: AssetService,
    private readonly exports: ExportService,
    private readonly conditions: ExportConditions,
    private readonly versions: VersionLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('export', 'Export', (door, id) => this.find(contextFor(door), id as ExportId));
  }

  @Query('export')
  async export(@Caller() context: Context, @Args('id') text: string): Promise<object | null> {
    const id = parseId('export', text);
    return id && this.find(context, id);
  }

  @Mutation('exportVersion')
  async exportVersion(@Caller() context: Context, @Args('input') input: ExportVersionInput): Promise<object> {
    const result = await this.mutations.run(context, 'exportVersion', input, async (write): Promise<Result<ExportId>> => {
      const id = parseId('version', input.version);
      const version = id ? await this.assets.holdVersion(write, id) : refuse(notFound('version'));
      if (!version.ok) return version;
      const format = input.format.toLowerCase() as ExportFormat;
      const labels = input.labels === 'NONE' ? 'none' : 'auto';
      const { declares } = input;
      const unmet = await this.conditions.refusal(write, version.value.id, declares);
      if (unmet) return refuse(unmet);
      const requested = await this.exports.request(write, {
        version: version.value,
        format,
        maxSide: input.maxSide ?? null,
        labels,
        declares,
      });
      return requested.ok ? ok(requested.value.id) : requested;
    });
    return payloadOf(result, 'ExportVersionSuccess', async (id) => ({ export: await this.find(context, id) }));
  }

  @ResolveField('version')
  async version(@Door() door: DoorContext, @Parent() { versionId }: ExportParent): Promise<object> {
    const version = await this.versions.load(door, versionId);
    assert(version, 'the version of an export exists');
    return toVersion(version);
  }

  @ResolveField('remedy')
  async remedy(@Caller() context: Context, @Parent() { failureCode }: ExportParent): Promise<string | null> {
    return failureCode && this.unitOfWork.read(context, (read) => this.conditions.remedy(read, failureCode));
  }

  private async find(context: Context, id: ExportId): Promise<object | null> {
    const found = await this.unitOfWork.read(context, (read) => this.exports.find(read, id));
    return found.ok ? toExport(found.value) : null;
  }
}
