import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEMONSTRATORS } from '@imprimatur/domain/identity';
import type { Config } from '@imprimatur/platform/config';
import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import type { Request } from 'express';
import { CONFIG } from '../configuration.js';
import { Public } from '../door/index.js';

const CSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const page = (name: string): string => readFileSync(join(__dirname, name), 'utf8');

/** The page at `/`, for whoever opens the service in a browser before the console exists. */
@Controller()
export class LandingController {
  private readonly landing = page('landing.html');
  private readonly signIn = page('sign-in.html');
  private readonly style = page('landing.css');

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get()
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', CSP)
  show(@Req() request: Request): string {
    const isDevelopment = this.config.mode === 'development';
    const people = DEMONSTRATORS.map(
      ({ person, displayName, roles }) =>
        `<tr><td>${displayName}</td><td>${roles.join(', ')}</td><td><a href="/graphiql?person=${person}">GraphiQL as ${person}</a></td></tr>`,
    );
    const host = /^[\w.:[\]-]+$/.exec(request.headers.host ?? '')?.[0] ?? 'localhost';
    return this.landing
      .replace('<!--GRAPHIQL-->', this.config.mode === 'production' ? '' : 'Try it in <a href="/graphiql">GraphiQL</a>.')
      .replace('<!--SIGN-IN-->', () => (isDevelopment ? this.signIn : ''))
      .replace('<!--PEOPLE-->', () => people.join('\n'))
      .replace('<!--URL-->', () => `http://${host}`);
  }

  @Get('landing.css')
  @Public()
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  css(): string {
    return this.style;
  }
}
