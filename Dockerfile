# docker build -t mznode .         an image that holds the program
# docker build --target ci .       everything that .ci/run does, on a fresh Debian
FROM debian:12 AS source
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git make
COPY . /mznode
WORKDIR /mznode

FROM source AS ci
RUN .ci/run

FROM source AS build
RUN make

FROM debian:12-slim
COPY --from=build /mznode/build/release/mznode /usr/local/bin/mznode
ENTRYPOINT ["mznode"]
