import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Asserted } from './soft-authenticator';

const EXECUTABLE = '/usr/bin/chromium';
export const hasChromium = existsSync(EXECUTABLE);
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real browser on a blank page of the API's origin, with the browser's own virtual authenticator in it. */
export class ChromiumAuthenticator {
  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
  ) {}

  static async open(origin: string): Promise<ChromiumAuthenticator> {
    const browser = await chromium.launch({ executablePath: EXECUTABLE, args: QUIET });
    try {
      const page = await browser.newPage();
      await page.route(`${origin}/blank`, (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>blank</title>' }),
      );
      await page.goto(`${origin}/blank`);
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('WebAuthn.enable');
      await devtools.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'internal',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      });
      return new ChromiumAuthenticator(browser, page);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  create(options: {
    challenge: string;
    rpId: string;
    userHandle: string;
  }): Promise<{ credentialId: string; attestationObject: string; clientDataJSON: string }> {
    return this.page.evaluate(async ({ challenge, rpId, userHandle }) => {
      const bytes = (text: string) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
      const text = (buffer: ArrayBuffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer)))
          .replaceAll('+', '-')
          .replaceAll('/', '_')
          .replace(/=+$/, '');
      const { navigator } = globalThis as unknown as { navigator: { credentials: { create(asked: unknown): Promise<unknown> } } };
      const made = (await navigator.credentials.create({
        publicKey: {
          challenge: bytes(challenge),
          rp: { id: rpId, name: 'Imprimatur' },
          user: { id: bytes(userHandle), name: 'me', displayName: 'Me' },
          pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
          authenticatorSelection: { userVerification: 'required' },
          attestation: 'none',
        },
      })) as { rawId: ArrayBuffer; response: { attestationObject: ArrayBuffer; clientDataJSON: ArrayBuffer } };
      return {
        credentialId: text(made.rawId),
        attestationObject: text(made.response.attestationObject),
        clientDataJSON: text(made.response.clientDataJSON),
      };
    }, options);
  }

  get(options: { challenge: string; rpId: string; authenticators: readonly string[] }): Promise<Asserted> {
    return this.page.evaluate(async ({ challenge, rpId, authenticators }) => {
      const bytes = (text: string) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
      const text = (buffer: ArrayBuffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer)))
          .replaceAll('+', '-')
          .replaceAll('/', '_')
          .replace(/=+$/, '');
      const { navigator } = globalThis as unknown as { navigator: { credentials: { get(asked: unknown): Promise<unknown> } } };
      const answer = (await navigator.credentials.get({
        publicKey: {
          challenge: bytes(challenge),
          rpId,
          userVerification: 'required',
          allowCredentials: authenticators.map((id) => ({ type: 'public-key', id: bytes(id) })),
        },
      })) as { rawId: ArrayBuffer; response: { authenticatorData: ArrayBuffer; clientDataJSON: ArrayBuffer; signature: ArrayBuffer } };
      return {
        credentialId: text(answer.rawId),
        authenticatorData: text(answer.response.authenticatorData),
        clientDataJSON: text(answer.response.clientDataJSON),
        signature: text(answer.response.signature),
      };
    }, options);
  }
}
