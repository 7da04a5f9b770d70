import { RECEIPT_CAPABILITY_PREFIX } from '@imprimatur/domain/consent';
import { API_KEY_PREFIX, IdentityService, type Principal } from '@imprimatur/domain/identity';
import { parseId, refuse, ok, type Refusal, type Result, toPublicId } from '@imprimatur/kernel';
import type { BearerVerifier } from './bearer.verifier.js';

export interface Credentials {
  /** The whole `authorization` header: `Bearer imp_...` (an API key) or `Bearer <JWT>`. */
  readonly authorization: string | undefined;
  /** `x-imprimatur-tenant`: which tenant, for people who are members of several. */
  readonly tenant: string | undefined;
}

export interface Authenticated {
  /** Null: no credentials were sent. */
  readonly principal: Principal | null;
  /** When the credential ends (ms since 1970); null: when it is revoked. */
  readonly endsAtMs: number | null;
}

export type AuthenticationRefusal = Refusal<'UNAUTHENTICATED' | 'TENANT_NEEDED' | 'NOT_A_MEMBER'>;

const NOBODY: Authenticated = { principal: null, endsAtMs: null };

/** Finds out who calls. Bad credentials are refused even where none are needed: whoever sends some wants to know. */
export class CallerAuthenticator {
  constructor(
    private readonly identities: IdentityService,
    private readonly bearer: BearerVerifier,
  ) {}

  async authenticate(credentials: Credentials): Promise<Result<Authenticated, AuthenticationRefusal>> {
    if (credentials.authorization === undefined) return ok(NOBODY);
    const [scheme = '', token = '', ...rest] = credentials.authorization.split(' ');
    if (scheme.toLowerCase() !== 'bearer' || token === '' || rest.length > 0) return refuse(unauthenticated());
    if (token.startsWith(API_KEY_PREFIX)) {
      const principal = await this.identities.principalOfKey(token);
      return principal ? ok({ principal, endsAtMs: null }) : refuse(unauthenticated());
    }
    // opens one receipt, and nobody's account: the receipt's route asks what it is worth
    if (token.startsWith(RECEIPT_CAPABILITY_PREFIX)) return ok(NOBODY);
    const claims = await this.bearer.verify(token);
    if (!claims) return refuse(unauthenticated());
    const principals = await this.identities.principalsOf({ issuer: claims.issuer, sub: claims.sub });
    const chosen = choose(principals, claims.tenant ?? credentials.tenant);
    return chosen.ok ? ok({ principal: chosen.value, endsAtMs: claims.expiresAt * 1000 }) : chosen;
  }
}

/** The claim wins over the header; without either the only membership counts. */
function choose(principals: readonly Principal[], named: string | undefined): Result<Principal, AuthenticationRefusal> {
  const [only, ...others] = principals;
  if (named !== undefined) {
    const tenant = parseId('tenant', named);
    const found = principals.find((principal) => principal.tenant === tenant);
    return found ? ok(found) : refuse(notAMember());
  }
  if (!only) return refuse(notAMember());
  return others.length === 0 ? ok(only) : refuse(tenantNeeded(principals));
}

function unauthenticated(): AuthenticationRefusal {
  return {
    code: 'UNAUTHENTICATED',
    message: 'The credentials are missing, unknown, or no longer valid.',
    remedy: 'Send `authorization: Bearer` with an access token of the identity provider or an API key.',
  };
}

function notAMember(): AuthenticationRefusal {
  return { code: 'NOT_A_MEMBER', message: 'You are not a member of that tenant.', remedy: "Ask the tenant's administrator to add you." };
}

function tenantNeeded(principals: readonly Principal[]): AuthenticationRefusal {
  const tenants = principals.map((principal) => toPublicId('tenant', principal.tenant));
  return {
    code: 'TENANT_NEEDED',
    message: 'You are a member of several tenants.',
    remedy: `Name one with the header x-imprimatur-tenant: ${tenants.join(', ')}.`,
  };
}
