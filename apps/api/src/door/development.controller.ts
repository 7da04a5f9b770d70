import { DEMONSTRATORS, DEVELOPMENT_ISSUER, IdentityService } from '@imprimatur/domain/identity';
import { notFound, toPublicId } from '@imprimatur/kernel';
import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { DEVELOPMENT_TOKEN_S, type DevelopmentSigner } from './development.signer.js';
import { DEVELOPMENT_SIGNER } from './door.tokens.js';
import { RefusedException } from './rest.filter.js';
import { Public } from './route.marks.js';

interface DevelopmentToken {
  /** For `authorization: Bearer`. */
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds. */
  readonly expiresIn: number;
  readonly person: string;
  readonly tenant: string;
}

/** Sign-in without a password, for the demonstration tenant and in development mode only. Elsewhere the routes are as if absent. */
@Controller('auth/development')
export class DevelopmentController {
  constructor(
    private readonly identities: IdentityService,
    @Inject(DEVELOPMENT_SIGNER) private readonly signer: DevelopmentSigner | null,
  ) {}

  @Get()
  @Public()
  people(): readonly { readonly person: string; readonly roles: readonly string[] }[] {
    if (!this.signer) throw new RefusedException(notFound('route'));
    return DEMONSTRATORS.map(({ person, roles }) => ({ person, roles }));
  }

  @Post()
  @Public()
  @HttpCode(200)
  async signIn(@Body() body: { readonly person?: unknown } | undefined): Promise<DevelopmentToken> {
    if (!this.signer) throw new RefusedException(notFound('route'));
    const person = typeof body?.person === 'string' ? body.person : '';
    const [principal] = await this.identities.principalsOf({ issuer: DEVELOPMENT_ISSUER, sub: person });
    if (!principal) {
      const known = DEMONSTRATORS.map((demonstrator) => demonstrator.person).join(', ');
      throw new RefusedException({
        code: 'NOT_FOUND',
        message: 'No such person in the demonstration tenant.',
        remedy: `Sign in as one of: ${known}.`,
      });
    }
    const accessToken = await this.signer.sign(person);
    return { accessToken, tokenType: 'Bearer', expiresIn: DEVELOPMENT_TOKEN_S, person, tenant: toPublicId('tenant', principal.tenant) };
  }
}
