# Two stages: one that builds, and one that holds nothing but what runs.
FROM node:22-slim AS build
WORKDIR /build
COPY package.json package-lock.json tsconfig.json ./
COPY .ci .ci
RUN npm ci --ignore-scripts
COPY lib lib
COPY workers workers
COPY bench bench
COPY test test
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-slim
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/bundle bundle
USER node
ENTRYPOINT ["node", "/app/bundle/lib/cli.js"]
