import { loadConfig } from './config';

const ALL = {
  IMPRIMATUR_MODERATORS: 'rekognition, openai,azure,model-armor,openai',
  IMPRIMATUR_OPENAI_MODERATION_KEY: 'sk-secret',
  IMPRIMATUR_AZURE_CONTENT_SAFETY_ENDPOINT: 'https://house.cognitiveservices.azure.com',
  IMPRIMATUR_AZURE_CONTENT_SAFETY_KEY: 'secret',
  IMPRIMATUR_REKOGNITION_REGION: 'eu-central-1',
  IMPRIMATUR_REKOGNITION_ACCESS_KEY_ID: 'id',
  IMPRIMATUR_REKOGNITION_SECRET_ACCESS_KEY: 'secret',
  IMPRIMATUR_MODEL_ARMOR_TEMPLATE: 'projects/p/locations/europe-west4/templates/t',
  IMPRIMATUR_MODEL_ARMOR_CREDENTIALS: 'account.json',
};

describe('the moderators’ settings', () => {
  it('ask nobody by default, whatever keys are there', () => {
    expect(loadConfig({ ...ALL, IMPRIMATUR_MODERATORS: undefined }).moderators).toEqual({ timeoutMs: 5_000, asked: [] });
    expect(loadConfig({ IMPRIMATUR_MODERATORS: ' , ' }).moderators.asked).toEqual([]);
  });

  it('ask those that are named, once each, at the vendors’ own endpoints', () => {
    expect(loadConfig(ALL).moderators.asked).toMatchObject([
      { name: 'rekognition', endpoint: 'https://rekognition.eu-central-1.amazonaws.com' },
      { name: 'openai', endpoint: 'https://api.openai.com', model: 'omni-moderation-latest' },
      { name: 'azure', endpoint: 'https://house.cognitiveservices.azure.com' },
      { name: 'model-armor', endpoint: 'https://modelarmor.europe-west4.rep.googleapis.com' },
    ]);
  });

  it.each(Object.keys(ALL).filter((name) => name !== 'IMPRIMATUR_MODERATORS'))('name %s where it is missing', (name) => {
    expect(() => loadConfig({ ...ALL, [name]: undefined })).toThrow(name);
  });

  it.each([
    ['IMPRIMATUR_MODERATORS', 'opeanai'],
    ['IMPRIMATUR_MODERATOR_TIMEOUT_MS', '0'],
    ['IMPRIMATUR_OPENAI_MODERATION_ENDPOINT', 'http://10.0.0.7'],
    ['IMPRIMATUR_AZURE_CONTENT_SAFETY_ENDPOINT', 'http://moderation.example'],
    ['IMPRIMATUR_REKOGNITION_REGION', 'evil.example/'],
    ['IMPRIMATUR_MODEL_ARMOR_TEMPLATE', 'projects/p/locations/evil.example/templates/t'],
  ])('refuse %s=%s, and say no secret while they do', (name, value) => {
    const load = (): unknown => loadConfig({ ...ALL, [name]: value });
    expect(load).toThrow(name);
    expect(load).not.toThrow(/sk-secret/);
  });
});
