import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import { tellFailure, type BundleRefusal, type GoldenFailure } from '@imprimatur/formats/policy';

export type BundleTestsFailed = Refusal<'BUNDLE_TESTS_FAILED'> & { readonly failures: readonly string[] };
export type BundleVersionExists = Refusal<'BUNDLE_VERSION_EXISTS'>;
export type BundleNotDraft = Refusal<'BUNDLE_NOT_DRAFT'>;
export type BundleNotRetired = Refusal<'BUNDLE_NOT_RETIRED'>;
export type BundleReasonInvalid = Refusal<'BUNDLE_REASON_INVALID'>;
export type BundleNotEffective = Refusal<'BUNDLE_NOT_EFFECTIVE'>;
export type BundleTampered = Refusal<'BUNDLE_TAMPERED'>;
export type BundleNotSigned = Refusal<'BUNDLE_NOT_SIGNED'>;
export type ActivationNeedsAnother = Refusal<'ACTIVATION_NEEDS_ANOTHER'>;

export type PolicyRefusal =
  | NotFound
  | Forbidden
  | BundleRefusal
  | BundleTestsFailed
  | BundleVersionExists
  | BundleNotDraft
  | BundleNotRetired
  | BundleReasonInvalid
  | BundleNotEffective
  | BundleTampered
  | BundleNotSigned
  | ActivationNeedsAnother;

export function bundleTestsFailed(failures: readonly GoldenFailure[]): BundleTestsFailed {
  const told = failures.map(tellFailure);
  return {
    code: 'BUNDLE_TESTS_FAILED',
    message: `${failures.length} golden tests of the bundle do not come out as written: ${told.join(' | ')}`,
    remedy: 'Change the rule or the test, whichever is wrong, and load the bundle again.',
    failures: told,
  };
}

export function bundleVersionExists(name: string, version: string): BundleVersionExists {
  return {
    code: 'BUNDLE_VERSION_EXISTS',
    message: `The bundle ${name} ${version} exists already, with other content.`,
    remedy: 'Raise the version in bundle.yaml: a version names one content for ever.',
  };
}

export function bundleNotDraft(state: string): BundleNotDraft {
  return {
    code: 'BUNDLE_NOT_DRAFT',
    message: `The bundle is ${state}; only a draft, or one on trial, is activated.`,
    remedy: 'Load it again under a new version.',
  };
}

export function bundleNotRetired(state: string): BundleNotRetired {
  return {
    code: 'BUNDLE_NOT_RETIRED',
    message: `The bundle is ${state}; only one that was active before is gone back to.`,
    remedy: state === 'draft' ? 'Have it activated: that takes two people.' : 'Nothing is to be done.',
  };
}

export function bundleReasonInvalid(charsMax: number): BundleReasonInvalid {
  return { code: 'BUNDLE_REASON_INVALID', message: 'The reason is missing or too long.', remedy: `Give 1 to ${charsMax} characters.` };
}

export function bundleNotEffective(effective: string): BundleNotEffective {
  return {
    code: 'BUNDLE_NOT_EFFECTIVE',
    message: `The bundle is effective from ${effective} on.`,
    remedy: 'Activate it on that day or later.',
  };
}

export function bundleTampered(): BundleTampered {
  return {
    code: 'BUNDLE_TAMPERED',
    message: 'The stored files of the bundle are not those that its hash names.',
    remedy: 'Tell an administrator of the database; load the bundle again from its source.',
  };
}

/** `words`: what its signature is, or that there is none. */
export function bundleNotSigned(words: string): BundleNotSigned {
  return {
    code: 'BUNDLE_NOT_SIGNED',
    message: `This service takes only bundles that are signed by a key it was told of. ${words}`,
    remedy: 'Give it a new version, sign it with such a key (imprimatur policy sign) and load it again: what is stored does not change.',
  };
}

export function activationNeedsAnother(): ActivationNeedsAnother {
  return {
    code: 'ACTIVATION_NEEDS_ANOTHER',
    message: 'You loaded this bundle, so you may not activate it.',
    remedy: 'Ask another policy administrator to activate it.',
  };
}
