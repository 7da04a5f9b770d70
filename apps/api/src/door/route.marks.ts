import { type Action, allow, scopesReach, type SubjectType } from '@imprimatur/domain/identity';
import { Fault, forbidden } from '@imprimatur/kernel';
import { type CanActivate, type ExecutionContext, Injectable, type OnApplicationBootstrap, SetMetadata } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { contextOf, type DoorRequest } from './door.types.js';
import { allowanceUsedUp, RateLimiter } from './rate.limiter.js';
import { RefusedException } from './rest.filter.js';

const ROUTE_MARK = 'imprimatur:route-mark';
const ROUTE_POINTS = 'imprimatur:route-points';
/** Points of one REST request: uploads and pictures are dearer than most questions. */
const ROUTE_COST = 20;

/** A method or a class: what decorators write on. */
type Marked = Parameters<Reflector['get']>[1];

export type RouteMark = { readonly action: Action; readonly subject: SubjectType } | 'public';

/** A handler's mark, else its controller's; undefined: unmarked. */
export function routeMarkOf(handler: Marked, controller: Marked): RouteMark | undefined {
  return new Reflector().getAllAndOverride<RouteMark | undefined>(ROUTE_MARK, [handler, controller]);
}

/** Who may use a REST route: `@can` of the SDL, for controllers. */
export const Can = (action: Action, subject: SubjectType) => SetMetadata<string, RouteMark>(ROUTE_MARK, { action, subject });
/** Open to everybody. What it costs nobody who asks: static pages. What works for it says `@Costs` as well. */
export const Public = () => SetMetadata<string, RouteMark>(ROUTE_MARK, 'public');
/** Points of a public route, spent by whoever asks, by address when nobody is signed in. */
export const Costs = (points: number) => SetMetadata<string, number>(ROUTE_POINTS, points);

/** Default-deny for controllers. GraphQL has a guard of its own, in the schema. */
@Injectable()
export class RouteGuard implements CanActivate, OnApplicationBootstrap {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly limiter: RateLimiter,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    if (execution.getType<string>() !== 'http') return true;
    const mark = routeMarkOf(execution.getHandler(), execution.getClass());
    const cost = mark === 'public' ? (new Reflector().get<number | undefined>(ROUTE_POINTS, execution.getHandler()) ?? 0) : ROUTE_COST;
    if (cost === 0) return true;
    const { door } = execution.switchToHttp().getRequest<DoorRequest>();
    const { allowed, resetAt } = await this.limiter.spend(door, cost);
    if (!allowed) throw new RefusedException(allowanceUsedUp(resetAt));
    if (mark === 'public') return true;
    const context = contextOf(door);
    if (!context)
      throw new RefusedException({ code: 'UNAUTHENTICATED', message: 'Sign in first.', remedy: 'Send `authorization: Bearer`.' });
    if (!mark) throw new RefusedException(forbidden('use this route', 'Nobody may.'));
    if (!scopesReach(door.principal?.scopes ?? null, mark.action, mark.subject)) {
      throw new RefusedException(forbidden('use this route with this key', `Use a key with the scope ${mark.action}:${mark.subject}.`));
    }
    const denied = allow(context, mark.action, mark.subject);
    if (denied) throw new RefusedException(denied);
    return true;
  }

  /** An unmarked route keeps the service from starting. */
  onApplicationBootstrap(): void {
    const scanner = new MetadataScanner();
    const unmarked: string[] = [];
    for (const module of this.modules.values()) {
      for (const { metatype } of module.controllers.values()) {
        if (typeof metatype !== 'function') continue;
        const prototype = metatype.prototype as Record<string, object>;
        for (const name of scanner.getAllMethodNames(prototype)) {
          const handler = prototype[name] as Marked;
          if (!Reflect.hasMetadata(PATH_METADATA, handler)) continue;
          if (!routeMarkOf(handler, metatype as Marked)) unmarked.push(`${metatype.name}.${name}`);
        }
      }
    }
    if (unmarked.length === 0) return;
    const message = `Every route says who may use it; mark these with @Can(action, subject) or @Public():\n  ${unmarked.join('\n  ')}`;
    throw new Fault({ room: 'door', code: 'ROUTE_UNMARKED', message, safe: true });
  }
}
