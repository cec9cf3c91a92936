# What stands in for which image: see stand-ins.sh. Users, folders and programs are where they are in
# the image whose place it takes.
FROM oakring/stand-in:debian AS node
CMD ["node"]

FROM oakring/stand-in:debian AS mosquitto
RUN mkdir -p /mosquitto/config /mosquitto/data /mosquitto/log && chown -R 1883:1883 /mosquitto
VOLUME ["/mosquitto/data", "/mosquitto/log"]
CMD ["/usr/sbin/mosquitto", "-c", "/mosquitto/config/mosquitto.conf"]

FROM oakring/stand-in:debian AS mongo
RUN mkdir -p /data/db /data/configdb && chown -R 999:999 /data
VOLUME ["/data/db", "/data/configdb"]
CMD ["mongod"]

FROM oakring/stand-in:debian AS prometheus
RUN mkdir -p /prometheus && chown 65534:65534 /prometheus
USER 65534
WORKDIR /prometheus
VOLUME /prometheus
ENTRYPOINT ["/usr/bin/prometheus"]
