import { assert, type Context } from '@imprimatur/kernel';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import { contextOf, type DoorContext, type DoorRequest } from './door.types.js';

function doorOf(execution: ExecutionContext): DoorContext {
  if (execution.getType<string>() === 'graphql') return GqlExecutionContext.create(execution).getContext<DoorContext>();
  return execution.switchToHttp().getRequest<DoorRequest>().door;
}

/** The signed-in caller, as the `Context` that services and the unit of work take. Only for operations and routes that are not public. */
export const Caller = createParamDecorator((_data: unknown, execution: ExecutionContext): Context => {
  const context = contextOf(doorOf(execution));
  assert(context, 'an operation that is not public has a caller');
  return context;
});

/** The request itself, which loaders need: `loader.load(door, id)`. */
export const Door = createParamDecorator((_data: unknown, execution: ExecutionContext): DoorContext => doorOf(execution));
