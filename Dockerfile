# The build stage has the compilers, the run stage only what runs.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
# Builds the pages as well (`prepare`).
RUN npm ci --no-audit --no-fund
RUN npm run --silent build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund
# The image brings a Node of its own; what only tests and builds need stays here.
RUN rm -rf node_modules/node node_modules/.bin/node dist/test dist/demo dist/scripts dist/tsconfig.tsbuildinfo

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data
RUN mkdir /data && chown node:node /data
WORKDIR /app
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Started without a shell, so that SIGTERM reaches the hub and it drains; the flag as in `npm start`.
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=50", "dist/src/main.js"]
