import { parseNodeId } from '@imprimatur/kernel';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { Door } from './caller.decorator.js';
import { COST_MAX } from './document.weight.js';
import type { DoorContext } from './door.types.js';
import { NodeRegistry } from './node.registry.js';
import { RateLimiter } from './rate.limiter.js';

@Resolver()
export class DoorResolver {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly limiter: RateLimiter,
  ) {}

  @Query('node')
  async node(@Door() door: DoorContext, @Args('id') id: string): Promise<object | null> {
    const named = parseNodeId(id);
    return named && this.nodes.find(door, named.kind, named.id);
  }

  @Query('rateLimit')
  rateLimit(@Door() door: DoorContext): object | null {
    return door.spent && { ...door.spent, costMax: COST_MAX, limit: this.limiter.limitFor(door) };
  }
}
