// Made of docs/openapi.json by "npm run openapi".
export interface paths {
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List jobs, by id */
        get: operations["listJobs"];
        put?: never;
        /** Submit a job */
        post: operations["submitJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a job with its instances */
        get: operations["showJob"];
        /** Roll out a new revision of a job, and set its desired count. A newer one takes over from one that is under way; one that leaves alone how an instance runs restarts nothing */
        put: operations["updateJob"];
        post?: never;
        /** Delete a job; it is gone when its last instance has ended */
        delete: operations["deleteJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/replicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the desired number of instances */
        post: operations["replicateJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/instances/{number}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Move an instance to another node: it runs there before it ends here */
        post: operations["moveInstance"];
        /** Call off a move: the original stays */
        delete: operations["cancelMove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start every instance anew, as a new revision; what was given up is tried again */
        post: operations["restartJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go back to a former revision: its document becomes a new one, and is rolled out as any other. The number of instances stays */
        post: operations["rollBackJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List nodes, by id */
        get: operations["listNodes"];
        put?: never;
        /** Register a node, as on nodes/<id>/registration */
        post: operations["registerNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{id}/cordon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Place nothing new on a node; what runs there goes on */
        post: operations["cordonNode"];
        /** Place on a node again; ends a drain as well */
        delete: operations["uncordonNode"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{id}/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Move everything off a node, make before break, until a deadline */
        post: operations["drainNode"];
        /** Call off a drain; the node stays cordoned */
        delete: operations["cancelDrain"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{id}/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Place nothing new on a node that is not trusted */
        post: operations["quarantineNode"];
        /** Trust a node again */
        delete: operations["releaseNode"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{id}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Say what a node is, beside what its worker says; it counts more */
        put: operations["labelNode"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{id}/credential": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke the credential of a node: its link is cut, and it joins anew or not at all */
        delete: operations["revokeNode"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a node */
        get: operations["showNode"];
        put?: never;
        post?: never;
        /** Forget a node that will not come back; its instances are lost, and its credential ends */
        delete: operations["forgetNode"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/service/{id}/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Order an instance of a service of Oakestra’s root, by its number */
        post: operations["orderServiceInstance"];
        /** End an instance of a service of Oakestra’s root, by its number; -1: all of them */
        delete: operations["endServiceInstance"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cluster/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who we are to Oakestra’s root */
        get: operations["tellRootClusterStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/oakestra/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a node over from Oakestra’s cluster, with its id */
        post: operations["importOakestraNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/oakestra/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a service over from Oakestra’s cluster: its instances run where they are */
        post: operations["importOakestraService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/node/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Register a worker of Oakestra: it gets its id and the port of its broker */
        post: operations["registerOakestraWorker"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cluster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The cluster as a whole, whether there is a storm, and what fails */
        get: operations["showCluster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/root": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How we stand with Oakestra’s root, and what runs on although it does not know it */
        get: operations["showRoot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the instances of all jobs, with what each uses */
        get: operations["listInstances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The revisions of a job, newest first: when, by whom, what changed, what became of it */
        get: operations["listRevisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/revisions/{revision}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A revision of a job, with its document */
        get: operations["showRevision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/instances/{number}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what an instance printed, and follow it */
        get: operations["readLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/instances/{number}/exec": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Run a command in an instance, over a WebSocket */
        get: operations["execInInstance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/node-changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed since a position: the food of a scheduler */
        get: operations["nodeChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/strangers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Workers that speak under an id that nobody knows, and what they say that they run */
        get: operations["listStrangers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{id}/telemetry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Readings of a node, for charts */
        get: operations["showNodeTelemetry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/telemetry/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The telemetry log as it is stored */
        get: operations["streamTelemetryBatches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/decisions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why an instance was placed where it is, or nowhere */
        get: operations["showDecision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed between two moments */
        get: operations["showDifference"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tokens that were created, those that hold no more among them */
        get: operations["listTokens"];
        put?: never;
        /** Create a token; it is shown this once */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token: it holds no more, and what was opened with it is closed */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/joins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Join as a node, or renew its credential: the same again is answered alike */
        post: operations["joinNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whoever asks: name, role, and what that allows */
        get: operations["whoAmI"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The secrets that there are, and what uses which version of them */
        get: operations["listSecrets"];
        put?: never;
        /** Set a secret that is not there yet */
        post: operations["setSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets/{name}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a secret a new value: what starts from now on has it */
        post: operations["rotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a secret for ever: its keys are forgotten, and no copy of the ledger can be read */
        delete: operations["removeSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/keys/{fingerprint}/endorse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Vouch for a key */
        post: operations["endorseKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/keys/{fingerprint}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that a key counts no more */
        post: operations["revokeKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/cosignatures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a checkpoint that witnesses cosigned (C2SP tlog-cosignature) */
        post: operations["addCosignatures"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages that were refused, newest first */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys that seal the ledger */
        get: operations["listLedgerKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this manager found when it verified the ledger */
        get: operations["showLedgerVerification"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every record of every view at one position */
        get: operations["streamViews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Position and hash of the newest commit, and who leads */
        get: operations["showLedgerHead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/commits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ledger as it is stored, commit by commit */
        get: operations["streamCommits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest checkpoint, as signed (C2SP tlog-checkpoint) */
        get: operations["showCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/consistency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The proof that the ledger of an earlier day is the beginning of today’s */
        get: operations["proveConsistency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Replay the ledger, and follow it */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers, and a restart would not help it */
        get: operations["isLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The manager does its work, part by part */
        get: operations["isReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For Prometheus */
        get: operations["scrapeMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/leadership/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The proof of a leader, for other managers */
        get: operations["proveLeadership"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This interface, for people */
        get: operations["showPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs-json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["showDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs/start.js": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the page starts with */
        get: operations["showScript"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs/{asset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the page is made of */
        get: operations["showAsset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        BadField: {
            field: string;
            value: unknown;
            detail: string;
        };
        Cluster: {
            clusterId: string;
            name: string;
            location: string;
            epoch: number;
            position: number;
            /** @description While it lasts no node steps past suspect and nothing is replaced. */
            storm: components["schemas"]["Since"] | null;
            /** @description Nodes by status. */
            nodes: {
                [key: string]: number;
            };
            /** @description What the manager that answers fails to do now, and tries on; left out where nothing is. */
            degraded?: components["schemas"]["Degraded"][];
        };
        Considered: {
            nodes: number;
            feasible: number;
            filtered: {
                [key: string]: number;
            };
        };
        /** @description How a tree of the ledger grew into a later one (RFC 9162, section 2.1.4). */
        Consistency: {
            clusterId: string;
            from: components["schemas"]["SeenTree"];
            to: components["schemas"]["SeenTree"];
            /** @description Hashes, hexadecimal, in the order of the RFC; none between equals. */
            proof: string[];
            /** @description The newest checkpoint, as signed, where it covers `to`; null where none does. */
            checkpoint: string | null;
        };
        /** @description A rule about where instances may run. */
        Constraint: {
            /**
             * @description What the rule is about.
             * @enum {string}
             */
            type: "direct" | "architecture";
            /**
             * @description With `direct`.
             * @example n1
             */
            node?: string;
            /**
             * @description With `architecture`.
             * @example arm64
             */
            architecture?: string;
        } & {
            [key: string]: unknown;
        };
        CosignaturesTaken: {
            /** @description What the checkpoint seals. */
            position: number;
            /** @description Witnesses whose cosignatures of it lie in the ledger. */
            witnesses: string[];
        };
        /** @description A checkpoint with the signatures of witnesses. */
        CosignedCheckpoint: {
            /** @description The signed note (C2SP). */
            note: string;
        };
        /**
         * @example {
         *       "name": "ci",
         *       "role": "root"
         *     }
         */
        CreateToken: {
            /** @description Whoever shows it is called so: in events, behind `api/`. */
            name: string;
            /**
             * @description What it lets them do: docs/access.md.
             * @enum {string}
             */
            role: "admin" | "operator" | "root" | "auditor" | "scheduler" | "metrics" | "join";
            /** @description How long it holds; an hour to 30 days, by its role, when it is left out. */
            expiresInMs?: number;
            /**
             * @description Of an operator: orders about nodes with all of these labels only. Of a join token: nodes that join by it have these labels, whatever their workers say.
             * @example {
             *       "room": "hall"
             *     }
             */
            nodes?: {
                [key: string]: string | number | boolean;
            };
            /** @description Of a join token: how many nodes join by it. One, or one for each of `ids`, when it is left out. */
            uses?: number;
            /** @description Of a join token: the nodes that may join by it, and no other. */
            ids?: string[];
        };
        /** @description A message that never became a command. */
        DeadLetter: {
            /** Format: date-time */
            at: string;
            topic: string;
            code: string;
            reason: string;
            /** @description First 4 KiB; bytes that are not UTF-8 are shown as U+FFFD. */
            payload: string;
            /** @description How many like it were dropped since the one before. */
            suppressed: number;
        };
        DeadLetterPage: {
            items: components["schemas"]["DeadLetter"][];
            /** @description Position in the ledger. */
            position: number;
            /** @description The cursor of the following page. */
            next?: string;
        };
        /** @description Everything recorded: placements with reasons and scores, or why there are none. */
        Decision: components["schemas"]["InstancesPlaced"] | components["schemas"]["PlacementRefused"] | components["schemas"]["MoveStarted"];
        /** @description What a decision saw and how it was made. */
        DecisionBasis: {
            policy: string;
            seed: number;
            sawLedger: number;
            sawTelemetry: number;
            nodes: number;
            feasible: number;
            filtered: {
                [key: string]: number;
            };
            /** @description Not in decisions of before. */
            asked?: components["schemas"]["DecisionQuestion"];
            /** @description Absent as well where it is of too many. */
            reads?: components["schemas"]["DecisionReads"];
        };
        /** @description What the scheduler was asked, but for the job. */
        DecisionQuestion: {
            revision: number;
            instances: number;
            exclude: string[];
            /** @description The node that whoever asked named. */
            worker?: string;
            /** @description What the instance to be replaced holds. */
            freed?: components["schemas"]["FreedPlace"];
        };
        /** @description Beside the ledger, of the nodes whose room was looked at. */
        DecisionReads: {
            /** @description In use by others than us. */
            foreign: {
                [key: string]: {
                    cpuMillis: number;
                    memoryMiB: number;
                    gpus?: number;
                };
            };
            /** @description Taken by jobs that the same call planned before. */
            taken: {
                [key: string]: {
                    cpuMillis: number;
                    memoryMiB: number;
                    gpus?: number;
                };
            };
            /** @description Instances of the job that were there. */
            present: {
                [key: string]: number;
            };
            /** @description Placements of such jobs that reserve none of something. */
            placed?: {
                [key: string]: number;
            };
            /** @description Ports that such jobs took, of those that this one asks for. */
            ports?: {
                [key: string]: components["schemas"]["HeldPort"][];
            };
        };
        /** @description Something that should happen by itself, and fails again and again. */
        Degraded: {
            /** Format: date-time */
            since: string;
            reason: string;
            /** @description As in the metrics: `seals`, `placements`, … */
            what: string;
        };
        /** @description What changed between the states after two commits. */
        Diff: {
            from: components["schemas"]["Moment"];
            to: components["schemas"]["Moment"];
            items: components["schemas"]["DiffItem"][];
            /** @description There are more than the limit. */
            more: boolean;
        };
        DiffItem: {
            /** @description nodes, jobs, instances, placements or commands. */
            view: string;
            key: string;
            /** @enum {string} */
            change: "added" | "removed" | "changed";
            /** @description By field. */
            fields: {
                [key: string]: components["schemas"]["FieldChange"];
            };
        };
        DocumentChange: {
            /** @description Dotted, from the top of the document. */
            field: string;
            /** @description Null: it was not there. */
            before: unknown;
            /** @description Null: it is not there. */
            after: unknown;
        };
        /** @description With force, what is left at the deadline is stopped and placed elsewhere. */
        DrainNode: {
            /** @default 600000 */
            withinMs?: number;
            /** @default false */
            force?: boolean;
        };
        Draining: {
            /** Format: date-time */
            deadline: string;
            force: boolean;
        };
        /** @description Where the job would go, and why. Nothing is written. */
        DryRun: {
            /** @constant */
            dryRun: true;
            job: {
                [key: string]: unknown;
            };
            desired: number;
            /** @description The ledger position that was looked at. */
            position: number;
            workers: string[];
            placements: components["schemas"]["PlannedPlacement"][];
            refusal: components["schemas"]["PlanRefusal"] | null;
            policy: string | null;
            seed: number | null;
            considered: components["schemas"]["Considered"] | null;
            positions: components["schemas"]["SeenPositions"] | null;
            warnings?: components["schemas"]["FieldWarning"][];
        };
        /**
         * @example {
         *       "position": 7,
         *       "index": 0,
         *       "stream": "jobs/web",
         *       "version": 1,
         *       "type": "JobDeletionOrdered",
         *       "at": "2026-01-01T00:00:00.000Z",
         *       "data": {}
         *     }
         */
        EventLine: {
            position: number;
            index: number;
            stream: string;
            version: number;
            type: string;
            /**
             * Format: date-time
             * @description The leader’s clock at the commit.
             */
            at: string;
            /** @description Who: `nodes/<id>`, `manager/<process>`, `api/token`, `api/open`, `root`. Null: recorded before format 2. */
            by: string | null;
            /** @description What led to it: `<position>-<index>` of an event, `request:…`, `message:<topic>`, `lease:<epoch>`, `observed:…`. */
            cause: string | null;
            /**
             * Format: date-time
             * @description The device’s clock, where its message says.
             */
            deviceAt: string | null;
            /** @description W3C `traceparent` of the request that it is on account of, where that had one. */
            trace: string | null;
            data: {
                [key: string]: unknown;
            };
        };
        FailedAttempt: {
            generation: number;
            nodeId: string;
            /** Format: date-time */
            at: string;
            reason: string;
        };
        /** @description Null: it is not there. */
        FieldChange: {
            before: unknown;
            after: unknown;
        };
        /** @description A field of an accepted document that does nothing here; it is kept and passed on. */
        FieldWarning: {
            field: string;
            /** @description The known field that was perhaps meant; null: none is near. */
            nearest: string | null;
            /** @description One sentence for a person. */
            detail: string;
        };
        /** @description Use of a node that is not our instances’. */
        ForeignLoad: {
            id: string;
            /**
             * @example {
             *       "cpuMillis": 250,
             *       "memoryMiB": 128
             *     }
             */
            resources: {
                cpuMillis: number;
                memoryMiB: number;
                gpus?: number;
            };
        };
        FreedPlace: {
            node: string;
            /**
             * @example {
             *       "cpuMillis": 250,
             *       "memoryMiB": 128
             *     }
             */
            resources: {
                cpuMillis: number;
                memoryMiB: number;
                gpus?: number;
            };
            /** @description Ports of the node. */
            ports?: string[];
        };
        Health: {
            /**
             * @description Degraded: something fails, and what is promised is kept all the same.
             * @enum {string}
             */
            status: "ok" | "degraded" | "error" | "shutting_down";
            /** @description The parts that are up or degraded. */
            info?: {
                [key: string]: unknown;
            };
            /** @description The parts that are down. */
            error?: {
                [key: string]: unknown;
            };
            /** @description By part: `status` (`up`, `degraded`, `down`), `detail`, `since`, and a `remedy` where one is needed. */
            details: {
                [key: string]: unknown;
            };
        };
        /**
         * @description Asked with GET; 2xx and 3xx are well.
         * @example {
         *       "port": 80,
         *       "path": "/healthz"
         *     }
         */
        HealthHttp: {
            /** @description Of the program. */
            port: number;
            /**
             * @description What is asked for.
             * @default /
             */
            path?: string;
        };
        /**
         * @description Well when a connection is taken.
         * @example {
         *       "port": 5432
         *     }
         */
        HealthTcp: {
            /** @description Of the program. */
            port: number;
        };
        /** @description A port of a node that a placement has. */
        HeldPort: {
            /** @example 8080/tcp */
            port: string;
            /** @description Whose placement it is. */
            job: string;
        };
        Instance: {
            number: number;
            /** @description Grows with every placement, from 1; 0 before. */
            generation: number;
            /** @enum {string} */
            status: "pending" | "placed" | "starting" | "running" | "completed" | "failed" | "stopping" | "stopped" | "unknown" | "lost";
            nodeId: string | null;
            /** @description False while only the broker’s word says so. */
            confirmed: boolean;
            /** @description Why there, or why not. */
            reason: string | null;
            /** @description GET /api/v1/decisions/{id} */
            decision: string | null;
            /**
             * Format: date-time
             * @description When the status began; not in the answer of the submission itself.
             */
            since?: string;
            /** @description Of the job, that it runs; 0 before it is placed. */
            revision: number;
            /** @description In a row. */
            failures: number;
            /** @description How often it was started again because it failed or was lost; an update or a move is none. */
            restarts: number;
            /** @description It fails again and again: the next tries come later and later. */
            crashLooping: boolean;
            /** @description While it runs, of a job that has `health`. */
            health?: components["schemas"]["InstanceHealth"];
            /** @description Of its node; absent where its worker does not say. */
            used?: components["schemas"]["Used"];
            /** @description Code of why it has no place. */
            refusal?: string;
            /**
             * @description It failed too often and is not tried again by itself.
             * @constant
             */
            givenUp?: true;
            /** @description The last failures, oldest first. */
            attempts?: components["schemas"]["FailedAttempt"][];
            /** @description Its newest failure of which the ledger has what it printed last. */
            lastLines?: components["schemas"]["LastLinesPlace"];
            /** @description While a move is under way, or a new one starts beside it. */
            movingTo?: components["schemas"]["MovingTo"];
            /** @description Where an original was lost that it replaces, while that one has not ended. */
            replaces?: components["schemas"]["PlaceOfInstance"][];
        };
        /** @description What the checks of its worker have come to. */
        InstanceHealth: {
            /** @enum {string} */
            status: "starting" | "healthy" | "unhealthy";
            /** Format: date-time */
            since: string;
            reason: string | null;
        };
        InstancePage: {
            items: components["schemas"]["InstanceSummary"][];
            /** @description Position in the ledger. */
            position: number;
            /** @description The cursor of the following page. */
            next?: string;
        };
        /** @description An instance in a list of all. */
        InstanceSummary: {
            /** @description <job>/<number> */
            id: string;
            job: string;
            number: number;
            generation: number;
            /** @enum {string} */
            status: "pending" | "placed" | "starting" | "running" | "completed" | "failed" | "stopping" | "stopped" | "unknown" | "lost";
            nodeId: string | null;
            /**
             * Format: date-time
             * @description When the status began.
             */
            since: string;
            restarts: number;
            /** @description Of its node, from the newest reading; null where its worker does not say. */
            used: components["schemas"]["Used"] | null;
        };
        InstancesPlaced: {
            id: string;
            job: string;
            /**
             * Format: date-time
             * @description The leader’s clock at the commit.
             */
            at: string;
            position: number;
            decisionId: string;
            /** @enum {string} */
            type: "InstancesPlaced";
            basis: components["schemas"]["DecisionBasis"];
            placements: components["schemas"]["PlacedInstance"][];
        };
        /** @description What is said of a job, and apart from it its document, which can be sent back. */
        Job: {
            id: string;
            name: string;
            image: string;
            technology: string;
            /**
             * @description A root numbers its instances.
             * @constant
             */
            byRoot?: true;
            /** @enum {string} */
            status: "active" | "completed" | "deleting";
            desired: number;
            /** @description Position of the last change of the job. */
            position: number;
            /**
             * Format: date-time
             * @description Not in the answer of the submission itself.
             */
            submittedAt?: string;
            /** @description Its own; absent where it has none. */
            labels?: {
                [key: string]: string;
            };
            /** @description Grows with every update. */
            revision: number;
            rollout?: components["schemas"]["Rollout"];
            instances: components["schemas"]["Instance"][];
            /** @description What of the document is not used; absent when all of it is. */
            warnings?: components["schemas"]["FieldWarning"][];
            /** @description As it was given, with its id and the count that is desired now. */
            document: {
                [key: string]: unknown;
            };
        };
        /**
         * @description How the worker finds out whether an instance is well: one of `command`, `http` and `tcp`. Milliseconds.
         * @example {
         *       "http": {
         *         "port": 80,
         *         "path": "/healthz"
         *       },
         *       "intervalMs": 10000
         *     }
         */
        JobHealth: {
            /**
             * @description Run beside the instance; exit code 0 is well.
             * @example [
             *       "pg_isready"
             *     ]
             */
            command?: string[];
            http?: components["schemas"]["HealthHttp"];
            tcp?: components["schemas"]["HealthTcp"];
            /**
             * @description From one check to the next.
             * @default 10000
             */
            intervalMs?: number;
            /**
             * @description A check that takes longer has failed.
             * @default 3000
             */
            timeoutMs?: number;
            /**
             * @description Failed checks in a row from which on it is unhealthy.
             * @default 3
             */
            retries?: number;
            /**
             * @description Checks that fail within it do not count.
             * @default 0
             */
            startPeriodMs?: number;
        };
        /** @description Small, so that it can be repeated word for word. */
        JobOrder: {
            id: string;
            /** @enum {string} */
            status: "active" | "completed" | "deleting";
            desired: number;
            /** @description Where the order was committed. */
            position: number;
            instance?: number;
            generation?: number;
            nodeId?: string;
            decision?: string;
            /** @description Of the job, after an update. */
            revision?: number;
            /** @description Instances are replaced by this update. */
            restarts?: boolean;
            /** @description What of the document is not used; absent when all of it is. */
            warnings?: components["schemas"]["FieldWarning"][];
        };
        JobPage: {
            items: components["schemas"]["JobSummary"][];
            /** @description Position in the ledger. */
            position: number;
            /** @description The cursor of the following page. */
            next?: string;
        };
        /** @description A job in a list: counts instead of instances. */
        JobSummary: {
            id: string;
            name: string;
            image: string;
            technology: string;
            /**
             * @description A root numbers its instances.
             * @constant
             */
            byRoot?: true;
            /** @enum {string} */
            status: "active" | "completed" | "deleting";
            desired: number;
            /** @description Position of the last change of the job. */
            position: number;
            /**
             * Format: date-time
             * @description Not in the answer of the submission itself.
             */
            submittedAt?: string;
            /** @description Its own; absent where it has none. */
            labels?: {
                [key: string]: string;
            };
            /** @description Number of instances by status; statuses with none are left out. */
            counts: {
                [key: string]: number;
            };
            /** @description Of all its instances. */
            restarts: number;
            /** @description Of those that run, by health; absent where none has checks. */
            health?: {
                [key: string]: number;
            };
        };
        /**
         * @example {
         *       "node": "n1",
         *       "secret": "c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3"
         *     }
         */
        JoinNode: {
            /** @description Its id. At the broker it is the name of the user. */
            node: string;
            /** @description Its credential from then on, made and kept by itself: 256 bits of chance. At the broker it is the password. A hash is all that is kept of it. */
            secret: string;
            /** @description What its first registration was answered with, of a node that registered before it joined. */
            registrationToken?: string;
            /** @description A certificate request (PKCS #10, PEM), where the manager has a CA; its subject is not looked at. */
            csr?: string;
        };
        /** @description What is left of a join token. */
        JoinUses: {
            uses: number;
            usesLeft: number;
            /** @description The nodes that may join by it; null: any. */
            ids: string[] | null;
        };
        /** @description The node has a credential of its own. */
        Joined: {
            node: string;
            /** @description At the broker, beside the secret. */
            username: string;
            /** @description Where to speak from now on. */
            broker: components["schemas"]["JoinedBroker"];
            /** @description Null: none was asked for. */
            certificate: components["schemas"]["JoinedCertificate"] | null;
            /** @description Of the commit that holds it. */
            position: number;
        };
        JoinedBroker: {
            /** @description Null: where the manager is that was asked. */
            host: string | null;
            port: number;
            tls: boolean;
        };
        /** @description A certificate for the key of the request. */
        JoinedCertificate: {
            /** @description PEM; its common name is the id of the node. */
            certificate: string;
            /** @description PEM, of the CA that signed it and the broker’s. */
            ca: string;
            /** Format: date-time */
            endsAt: string;
        };
        /** @description A statement signed elsewhere, whole; without a body the leader signs. */
        JudgeKey: {
            by?: string;
            /** @description Size of the tree that the signer saw: `tree` of the keys. */
            position?: number;
            /** @description Root of that tree. */
            merkleRoot?: string;
            /** @description Ed25519, base64. */
            signature?: string;
        };
        /** @description A job of a root that runs on although the root does not know it, or says so. */
        KeptJob: {
            id: string;
            name: string;
            /**
             * @description `forgotten`: the root has lost its memory since it ordered it; `dismissed`: it asks for its end, and is not known to remember this cluster yet.
             * @enum {string}
             */
            why: "forgotten" | "dismissed";
            /** @description How many instances there are to be. */
            desired: number;
            /** @description Where its instances are. */
            nodes: string[];
        };
        KeyJudged: {
            fingerprint: string;
            status: string;
        };
        /**
         * @example {
         *       "labels": {
         *         "position": "48.2,11.6"
         *       }
         *     }
         */
        LabelNode: {
            /**
             * @description All that an operator says of it; `position` is latitude,longitude.
             * @example {
             *       "room": "hall"
             *     }
             */
            labels: {
                [key: string]: string | number | boolean;
            };
        };
        LastLinesPlace: {
            /** Format: date-time */
            at: string;
            generation: number;
            /** @description `<position>/<index>` of the event that has them as `lastLines`: GET /api/v1/events?from=<position> */
            event: string;
        };
        /** @description What a leader answers to the challenge of another manager. */
        LeaderProof: {
            /** @description Good for one request, at the manager that gave it. */
            ticket: string;
            proof: string;
        };
        /** @description What is wrong with the ledger, and where. */
        LedgerDamage: {
            /** @description Of the commit that is to blame; null: the store as a whole. */
            position: number | null;
            kind: string;
            /** @description Of docs/ledger-format.md, that is broken. */
            rule: string;
            detail: string;
            /** Format: date-time */
            foundAt: string;
        };
        /** @description One hash that stands for the whole history up to a position. */
        LedgerHead: {
            position: number;
            hash: string;
            epoch: number;
            /** @description Where the leader takes commands; null while nobody is known to lead. */
            leader: string | null;
            /** @description This manager is the one that writes. */
            leading: boolean;
        };
        /** @description A key that seals the ledger. */
        LedgerKey: {
            /** @description SHA-256 of the public key’s SPKI DER, hexadecimal. */
            fingerprint: string;
            publicKey: string | null;
            /** @enum {string} */
            status: "presented" | "counts" | "revoked";
            by: string | null;
            position: number;
            /** @description Size of the tree that the last verdict on it names; 0 before any. */
            judgedAt: number;
        };
        LedgerKeys: {
            clusterId: string;
            position: number;
            /** @description The ledger is sealed up to here; null before the first seal. */
            sealed: number | null;
            /** @description What a statement about a key is to name now. */
            tree: components["schemas"]["SeenTree"];
            /** @description The newest checkpoint, as signed (C2SP tlog-checkpoint); null before the first. */
            checkpoint: string | null;
            items: components["schemas"]["LedgerKey"][];
        };
        /** @description What the manager that answers has verified by itself since it started, as `oakring audit verify` does. */
        LedgerVerified: {
            /**
             * @description `whole`: all there is was verified.
             * @enum {string}
             */
            status: "verifying" | "whole" | "damaged";
            /** @description Position up to which commits were verified. */
            verifiedTo: number;
            /** @description Position of the newest commit that the views reflect. */
            head: number;
            /**
             * Format: date-time
             * @description When the newest commit was verified.
             */
            at: string | null;
            /**
             * Format: date-time
             * @description When all there was had been verified.
             */
            wholeAt: string | null;
            /** @description How often the ledger was gone through from its first commit to its last. */
            passes: number;
            /** @description Sealed up to here by a key that counts, as far as was verified; null before the first. */
            sealed: number | null;
            /** @description Nothing is damaged, and yet somebody should look. */
            warnings: string[];
            /** @description It ends the verification until the next start. */
            damage: components["schemas"]["LedgerDamage"] | null;
            /** @description In a second of the time that it works. */
            commitsPerSecond: number | null;
            /** @description Of one core that it takes at most. */
            share: number;
        };
        /** @description Why no more lines come. */
        LogEnd: {
            /** @description Of a problem; null: it came to its end. */
            code: string | null;
            detail: string;
        };
        /**
         * @description A line that an instance printed; the last one says why no more come.
         * @example {
         *       "at": "2026-11-28T10:00:00.000Z",
         *       "generation": 1,
         *       "text": "listening on 8080",
         *       "cursor": "1:18.42"
         *     }
         */
        LogLine: {
            /**
             * Format: date-time
             * @description By the worker’s clock, as near as it is known.
             */
            at: string | null;
            /** @description Of the instance; null in the last one. */
            generation: number | null;
            /** @description Without its end. */
            text: string | null;
            /** @description To go on behind it: `after`. */
            cursor: string | null;
            /** @description It goes on in the next one. */
            isOpen?: boolean;
            end?: components["schemas"]["LogEnd"];
        };
        Moment: {
            position: number;
            /** Format: date-time */
            at: string;
        };
        /**
         * @example {
         *       "worker": "n2"
         *     }
         */
        MoveInstance: {
            /** @description The scheduler chooses when it is left out. */
            worker?: string;
        };
        MoveStarted: {
            id: string;
            job: string;
            /**
             * Format: date-time
             * @description The leader’s clock at the commit.
             */
            at: string;
            position: number;
            decisionId: string;
            /** @enum {string} */
            type: "MoveStarted";
            basis: components["schemas"]["DecisionBasis"] | null;
            instance: number;
            fromNodeId: string;
            fromGeneration: number;
            placement: components["schemas"]["PlacedInstance"];
            /**
             * @description A new one starts beside the old one: an update.
             * @constant
             */
            surge?: true;
        };
        MovingTo: {
            nodeId: string;
            generation: number;
            /**
             * @description An update began it: it runs the newest revision, and takes over once it serves.
             * @constant
             */
            update?: true;
        };
        NearestNode: {
            nodeId: string;
            /**
             * @example {
             *       "cpuMillis": 250,
             *       "memoryMiB": 128
             *     }
             */
            lacking: {
                cpuMillis: number;
                memoryMiB: number;
                gpus?: number;
            };
        };
        Node: {
            id: string;
            name: string;
            ip: string;
            port: number;
            /** @enum {string} */
            status: "registered" | "ready" | "suspect" | "disconnected" | "lost";
            /**
             * Format: date-time
             * @description When the status began.
             */
            since: string;
            reason: string;
            incarnation: number;
            dialect: string;
            /** @description Another worker claims to be this node as well (a copied data folder). */
            rival?: components["schemas"]["Rival"];
            /**
             * @example {
             *       "cpuMillis": 250,
             *       "memoryMiB": 128
             *     }
             */
            capacity: {
                cpuMillis: number;
                memoryMiB: number;
                gpus?: number;
            };
            /** @description The node stated no capacity. */
            assumed: boolean;
            /**
             * @example {
             *       "cpuMillis": 250,
             *       "memoryMiB": 128
             *     }
             */
            reserved: {
                cpuMillis: number;
                memoryMiB: number;
                gpus?: number;
            };
            /** @description Null before the first reading. Not part of the view. */
            used: components["schemas"]["Used"] | null;
            /**
             * Format: date-time
             * @description Null when nothing was heard since the manager started. Not part of the view.
             */
            lastSeen: string | null;
            /** @description Readings given up under overload since the manager started. */
            readingsShed: number;
            instances: number;
            /** @description Of them, those that fail their checks. Absent: none. */
            unhealthy?: number;
            labels: {
                [key: string]: string;
            };
            technologies: string[];
            architecture: string | null;
            acknowledges: boolean;
            enforcesStop: boolean;
            /** @description What it can do beside starting and stopping. */
            features: string[];
            /** @description Folders of the machine below which jobs may be given one. */
            hostPaths: string[];
            /** @description Names of credentials that it keeps for jobs to pull with. */
            registries: string[];
            /** @description Ports that placements there have. */
            ports: components["schemas"]["HeldPort"][];
            /** @description Its worker starts nothing new for want of room. */
            diskFull?: components["schemas"]["NodeDiskFull"];
            /** @description Absent: it has none of its own, and never joined. */
            credential?: components["schemas"]["NodeCredential"];
            flags: components["schemas"]["NodeFlags"];
            /** @description `<job>/<instance>/<generation>` of what runs there without our order. */
            unexpected: string[];
            /** @description `<job>/<instance>` of what its worker reports and cannot be told, `?` for what is not known of it: nothing that it may be is taken for gone. The dead letters have the reports. */
            unreadable: string[];
            /** @description Orders to it that are not sent for now, though it is heard. */
            ordersHeld?: components["schemas"]["OrdersHeld"];
            /** @description Position of the last change. */
            position: number;
        };
        /** @description What the copy of a scheduler lacks. */
        NodeChanges: {
            /** @description Ledger position that the answer reflects. */
            position: number;
            /** @description Number of the newest reading that the answer reflects. */
            telemetry: number;
            /** @description The copy is to be dropped and rebuilt from this answer. */
            complete: boolean;
            nodes: components["schemas"]["NodeFacts"][];
            removed: string[];
            foreign: components["schemas"]["ForeignLoad"][];
        };
        /** @description By which a node is known at the broker; nothing that is secret of it. */
        NodeCredential: {
            /** @enum {string} */
            status: "holds" | "revoked";
            /**
             * Format: date-time
             * @description Of the secret that it has now.
             */
            since: string;
            /** @description Who let it join: `api/` before the name of a token. */
            joinedBy: string | null;
            /** @description Labels that it has by that, whatever its worker says. */
            labels: {
                [key: string]: string;
            } | null;
            /** Format: date-time */
            revoked: string | null;
            revokedBy: string | null;
        };
        NodeDiskFull: {
            /** Format: date-time */
            since: string;
            /** @description Then. */
            freeMiB: number;
            /** @description That must be free. */
            leastMiB: number;
        };
        /** @description What placement knows of a node. */
        NodeFacts: {
            id: string;
            /** @enum {string} */
            status: "registered" | "ready" | "suspect" | "disconnected" | "lost";
            technologies: string[];
            architecture: string | null;
            labels: {
                [key: string]: string;
            };
            /**
             * @example {
             *       "cpuMillis": 250,
             *       "memoryMiB": 128
             *     }
             */
            capacity: {
                cpuMillis: number;
                memoryMiB: number;
                gpus?: number;
            };
            /**
             * @example {
             *       "cpuMillis": 250,
             *       "memoryMiB": 128
             *     }
             */
            reserved: {
                cpuMillis: number;
                memoryMiB: number;
                gpus?: number;
            };
            /** @description False: cordoned, draining or in quarantine; nothing new is placed. */
            open: boolean;
            enforcesStop: boolean;
            /** @description What its machine is called. */
            name?: string;
            addons?: string[];
            /** @description Of volumes. */
            drivers?: string[];
            /** @description What it can do beside, such as `docker:ports`. */
            features?: string[];
            /** @description Folders that jobs may be given. */
            hostPaths?: string[];
            /** @description Names of credentials that its worker keeps. */
            registries?: string[];
            /** @description MiB that must be free on its disk, where less is: it starts nothing new. */
            diskLacks?: number;
            ports?: components["schemas"]["HeldPort"][];
            /** @description Placements there, whatever they reserve. */
            placements?: number;
        };
        /** @description Why nothing new is placed on a node; each null where it does not apply. */
        NodeFlags: {
            cordoned: components["schemas"]["Since"] | null;
            draining: components["schemas"]["Draining"] | null;
            quarantined: components["schemas"]["Quarantined"] | null;
        };
        NodeOrder: {
            id: string;
            /** @description Where it was committed. */
            position: number;
        };
        NodePage: {
            items: components["schemas"]["Node"][];
            /** @description Position in the ledger. */
            position: number;
            /** @description The cursor of the following page. */
            next?: string;
        };
        NodeReason: {
            reason?: string;
        };
        /** @description Readings in steps, at most 500. */
        NodeTelemetry: {
            nodeId: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            stepMs: number;
            points: components["schemas"]["TelemetryPoint"][];
            /** @description Readings given up under overload since the manager started. */
            readingsShed: number;
        };
        Nothing: Record<string, never>;
        /**
         * @description A node as Oakestra’s cluster keeps it: a document of its data base `candidates`.
         * @example {
         *       "_id": "65f0c0ffee65f0c0ffee65f0",
         *       "host": "edge-1",
         *       "vcpus": 4,
         *       "memory": 3000
         *     }
         */
        OakestraCandidate: {
            _id: string;
        } & {
            [key: string]: unknown;
        };
        OakestraClusterStatus: {
            cluster_name: string;
            /** @description As the root calls us; null before it has. */
            cluster_id: string | null;
            connected_to_root: boolean;
        };
        OakestraInstanceImported: {
            number: number;
            /** @description Where it is taken to run; null: it is to be placed. */
            nodeId: string | null;
            /** @enum {string} */
            outcome: "comes-over" | "there-already" | "stays-behind";
            /** @description Why, or what to know of it. */
            detail: string | null;
        };
        /**
         * @description A service as Oakestra’s cluster keeps it: a document of its data base `jobs`.
         * @example {
         *       "_id": "65f0c0ffee65f0c0ffee65f1",
         *       "job_name": "app.ns.web.ns",
         *       "image": "docker.io/library/nginx:1.27",
         *       "virtualization": "docker",
         *       "instance_list": [
         *         {
         *           "instance_number": 3,
         *           "worker_id": "65f0c0ffee65f0c0ffee65f0",
         *           "status": "RUNNING"
         *         }
         *       ]
         *     }
         */
        OakestraJob: {
            _id: string;
            /** @description Its instances, each with its number and worker. */
            instance_list?: unknown;
        } & {
            [key: string]: unknown;
        };
        OakestraNodeImported: {
            id: string;
            name: string;
            /** @enum {string} */
            outcome: "comes-over" | "there-already" | "stays-behind";
            /** @description Why, or what to know of it. */
            detail: string | null;
        };
        /**
         * @description A service of Oakestra’s root, as it describes it.
         * @example {
         *       "job_name": "app.ns.web.ns",
         *       "image": "docker.io/library/nginx:1.27",
         *       "virtualization": "docker",
         *       "memory": 128
         *     }
         */
        OakestraService: {
            /** @description Its name; its containers are called so. */
            job_name?: unknown;
            image?: unknown;
            /** @description The runtime. */
            virtualization?: unknown;
        } & {
            [key: string]: unknown;
        };
        OakestraServiceImported: {
            id: string;
            name: string;
            /** @description What is not looked at here, or keeps it from being placed anew. */
            warnings: string[];
            instances: components["schemas"]["OakestraInstanceImported"][];
        };
        OakestraTaken: {
            /** @enum {string} */
            status: "ok";
        };
        /**
         * @example {
         *       "host": "edge-1",
         *       "ip": "10.0.0.7",
         *       "vcpus": 4,
         *       "memory": 3000
         *     }
         */
        OakestraWorker: {
            host: string;
            /** @description Cores. */
            vcpus: number;
            /** @description What is free, MB. */
            memory: number;
        } & {
            [key: string]: unknown;
        };
        OakestraWorkerAnswer: {
            /** @description 24 hexadecimal digits. */
            id: string;
            /** @description Port of the broker, on the host that was asked. */
            MQTT_BROKER_PORT: string;
        };
        /** @description What becomes of an instance whose node is not heard of. Milliseconds. */
        OnDisconnectRules: {
            /** @description A lost instance is placed again elsewhere. */
            replace?: boolean;
            /**
             * @description Which one goes on when both run.
             * @enum {string}
             */
            reconcile?: "keepReplacement" | "keepOriginal" | "longestRunning";
            /** @description The node is not ready for this long: the instance is lost. Null: never. */
            lostAfterMs?: number | null;
            /**
             * @description The worker kills it without a grant for this long: it never runs twice.
             * @example 30000
             */
            stopOnWorkerAfterMs?: number | null;
        };
        /** @description This document. */
        OpenApi: {
            openapi: string;
        } & {
            [key: string]: unknown;
        };
        OrdersHeld: {
            orders: number;
            /** @description What they wait for, and what one can do. */
            reason: string;
        };
        /** @description What an order would do now. Nothing is written. */
        Outlook: {
            /** @constant */
            dryRun: true;
            /** @description The ledger position that was looked at: `atPosition` of an update. */
            position: number;
            /** @description Of the job, as it is now. */
            revision?: number;
            /** @description By an update. */
            changes?: components["schemas"]["DocumentChange"][];
            /** @description Instances would be replaced by this update. */
            restarts?: boolean;
            stops: components["schemas"]["OutlookStep"][];
            starts: components["schemas"]["OutlookStep"][];
            /** @description How many more would be replaced, of which nobody was asked where. */
            more: number;
            warnings?: components["schemas"]["FieldWarning"][];
        };
        /** @description An instance that would be stopped, or started. */
        OutlookStep: {
            job: string;
            instance: number;
            /** @description Where. Null: there is no place for it now, it would wait. */
            nodeId: string | null;
            /** @description Why, or why there. */
            reason: string;
        };
        PlaceOfInstance: {
            nodeId: string;
            generation: number;
        };
        PlacedInstance: {
            instance: number;
            generation: number;
            nodeId: string;
            /** @description One sentence: why this node. */
            reason: string;
            total: number;
            scores: {
                [key: string]: number;
            };
            /**
             * @description Handed over by its predecessors there.
             * @example {
             *       "cpuMillis": 250,
             *       "memoryMiB": 128
             *     }
             */
            takesOver?: {
                cpuMillis: number;
                memoryMiB: number;
                gpus?: number;
            };
        };
        PlacementRefused: {
            id: string;
            job: string;
            /**
             * Format: date-time
             * @description The leader’s clock at the commit.
             */
            at: string;
            position: number;
            decisionId: string;
            /** @enum {string} */
            type: "PlacementRefused";
            basis: components["schemas"]["DecisionBasis"] | null;
            instances: number[];
            code: string;
            detail: string;
            /** @description How many nodes were passed over, by filter. */
            filtered: {
                [key: string]: number;
            };
            nearest: components["schemas"]["NearestNode"] | null;
            /**
             * @example {
             *       "cpuMillis": 250,
             *       "memoryMiB": 128
             *     }
             */
            wouldFit: {
                cpuMillis: number;
                memoryMiB: number;
                gpus?: number;
            } | null;
        };
        /** @description Why fewer could be placed than were wanted. */
        PlanRefusal: {
            /** @enum {string} */
            code: "no-nodes" | "no-capacity" | "no-qualified-node" | "no-such-node";
            detail: string;
            /** @description Nodes that were passed over, by filter. */
            filtered: {
                [key: string]: number;
            };
            nearest: components["schemas"]["NearestNode"] | null;
            /**
             * @description The largest request that would fit the nearest node now; null as well where it has none.
             * @example {
             *       "cpuMillis": 250,
             *       "memoryMiB": 128
             *     }
             */
            wouldFit: {
                cpuMillis: number;
                memoryMiB: number;
                gpus?: number;
            } | null;
        };
        PlannedPlacement: {
            instance: number;
            nodeId: string;
            /** @description One sentence for a person. */
            reason: string;
            /** @description Weighted, 0–100. */
            total: number;
            /** @description Each score before weighting, 0–100. */
            scores: {
                [key: string]: number;
            };
        };
        /** @description RFC 9457. `errors` names every bad field when there are several. */
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "invalid-json" | "not-utf8" | "payload-too-large" | "unsupported-media-type" | "invalid-field" | "invalid-id" | "id-mismatch" | "sender-mismatch" | "technology-unknown" | "constraint-unknown" | "topic-unknown" | "retained-message" | "message-too-large" | "rate-exceeded" | "too-many-requests" | "too-many-nodes" | "report-incomplete" | "incarnation-stale" | "incarnation-implausible" | "node-run-elsewhere" | "node-unknown" | "node-id-taken" | "command-unknown" | "job-unknown" | "revision-unknown" | "nothing-to-go-back-to" | "job-id-taken" | "update-without-effect" | "job-deleting" | "idempotency-key-reused" | "instance-unknown" | "instance-nowhere" | "nothing-printed" | "feature-missing" | "exec-not-offered" | "instance-not-running" | "node-away" | "instance-not-movable" | "job-of-root" | "ledger-in-use" | "job-completed" | "position-changed" | "plan-outdated" | "node-in-use" | "worker-does-not-fit" | "no-target" | "key-untrusted" | "key-unknown" | "key-judged" | "tree-unknown" | "checkpoint-unknown" | "witness-unknown" | "signature-invalid" | "decision-unknown" | "route-unknown" | "method-not-allowed" | "request-malformed" | "upgrade-required" | "request-timeout" | "moment-invalid" | "position-invalid" | "log-truncated" | "misdirected-request" | "origin-foreign" | "unauthorized" | "forbidden" | "token-name-taken" | "token-shown-once" | "too-many-tokens" | "join-token-used" | "credential-unknown" | "no-certificate-authority" | "token-unknown" | "secret-unknown" | "secret-exists" | "secret-name-wanted" | "secret-changed" | "secret-missing" | "too-many-secrets" | "position-not-reached" | "overloaded" | "outcome-unknown" | "not-leading" | "scheduler-refused" | "scheduler-unavailable" | "authority-unavailable" | "witness-unavailable" | "witness-refused" | "root-unavailable" | "worker-silent" | "stream-broken" | "shutting-down" | "log-unavailable" | "store-away" | "settings-invalid" | "port-taken" | "data-folder-in-use" | "data-folder-open" | "data-folder-unusable" | "user-unavailable" | "store-unreachable" | "store-unsuitable" | "key-unusable" | "secrets-key-unusable" | "secrets-unavailable" | "ledger-newer" | "log-damaged" | "restore-unfinished" | "position-conflict" | "broker-unreachable" | "endpoint-undeclared" | "internal";
            detail: string;
            /** @description What to do next. */
            remedy: string;
            /** @description Dotted path of the field, when one is to blame. */
            field?: string;
            /** @description The value seen, shortened. */
            value?: unknown;
            errors?: components["schemas"]["BadField"][];
        };
        /**
         * @description A port of the program that is reached through its node.
         * @example {
         *       "port": 80,
         *       "published": 8080
         *     }
         */
        PublishedPort: {
            /** @description Of the program. */
            port: number;
            /** @description Of the node; the same as `port` when it is left out. */
            published?: number;
            /**
             * @description What is spoken there.
             * @default tcp
             * @enum {string}
             */
            protocol?: "tcp" | "udp";
            /**
             * @description Of the node, to listen on it alone; on all of them when it is left out.
             * @example 127.0.0.1
             */
            address?: string;
            /**
             * @description As people call it.
             * @example web
             */
            name?: string;
        };
        Quarantined: {
            /** Format: date-time */
            since: string;
            reason: string;
            /** @description Its record, not an operator, put it there. */
            byRecord: boolean;
        };
        /**
         * @example {
         *       "id": "n1",
         *       "name": "n1",
         *       "ip": "10.0.0.7",
         *       "port": 10050
         *     }
         */
        RegisterNode: {
            id: string;
            name: string;
            ip: string;
            port: number | string;
            /** @description Number of the worker’s start. */
            incarnation?: number;
            /** @description Tells two starts with one number apart. */
            startId?: string;
            /** @default false */
            yields?: boolean;
            capacity?: components["schemas"]["Resources"];
            /**
             * @example {
             *       "room": "hall"
             *     }
             */
            labels?: {
                [key: string]: string | number | boolean;
            };
            technologies?: ("docker" | "unikernel" | "process" | "simulated")[];
            /** @description Of the processor, such as `amd64`. */
            architecture?: string;
            /** @description What it can do beside starting and stopping, such as `docker:ports`. */
            features?: string[];
            /** @description Folders of the machine below which jobs may be given one. */
            hostPaths?: string[];
            /** @description Names of credentials that it keeps for jobs to pull with. */
            registries?: string[];
            /** @default false */
            acknowledges?: boolean;
            /** @default false */
            enforcesStop?: boolean;
            /** @description The token that the first registration was answered with. */
            token?: string;
        } & {
            [key: string]: unknown;
        };
        Registered: {
            id: string;
            accepted: boolean;
            code?: string;
            detail?: string;
            /** @description Given until the node has presented it, then never again. */
            token?: string;
            /** @description Of the start that the node is at now. */
            incarnation: number;
            /** @description Of the registration that this answers. */
            startId?: string;
            epoch: number;
            /** @description Identity of the manager’s ledger. */
            ledger?: string;
            /**
             * Format: date-time
             * @description The manager’s: a worker learns its clock’s offset from it.
             */
            at: string;
            /** @description How often the manager wants a reading, milliseconds. */
            periodMs: number;
        };
        /**
         * @example {
         *       "count": 5
         *     }
         */
        ReplicateJob: {
            /** @description The new total. */
            count: number;
        };
        /**
         * @example {
         *       "cpu": "250m",
         *       "memory": "128Mi"
         *     }
         */
        RequestedResources: {
            /**
             * @description Another spelling of `cpuMillis`: cores, or thousandths with `m`.
             * @example 250m
             */
            cpu?: string | number;
            /**
             * @description Another spelling of `memoryMiB`, rounded up to it: with `Ki`, `Mi`, `Gi`, `Ti`, `k`, `M`, `G` or `T`, else bytes.
             * @example 128Mi
             */
            memory?: string | number;
            /**
             * @description CPU.
             * @default 100
             */
            cpuMillis?: number;
            /**
             * @description memory.
             * @default 64
             */
            memoryMiB?: number;
            /**
             * @description GPU.
             * @default 0
             */
            gpus?: number;
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "cpuMillis": 250,
         *       "memoryMiB": 128
         *     }
         */
        Resources: {
            cpuMillis?: number;
            memoryMiB?: number;
            gpus?: number;
        } & {
            [key: string]: unknown;
        };
        /** @description How often and how soon a failed instance is tried again. Milliseconds. */
        RestartRules: {
            /** @description Failures in a row after which it is given up; null: never. */
            limit?: number | null;
            /** @description Ceiling of the first wait; it doubles with each failure. */
            firstMs?: number;
            /** @description Ceiling of every wait. */
            mostMs?: number;
            /** @description An instance that ran for this long starts counting its failures anew. */
            resetAfterMs?: number;
        };
        /** @description A revision of a job, as the ledger has it. */
        Revision: {
            /** @description From 1. */
            revision: number;
            /** @description Position in the ledger. */
            position: number;
            /** Format: date-time */
            at: string;
            /** @description Who: as `by` of its event. Null: recorded before format 2. */
            by: string | null;
            /** @description What changed, in a phrase. */
            changed: string;
            image: string;
            /** @description The newest one: what the job is now. */
            current: boolean;
            /**
             * @description The job began with it; it is rolled out, was, or that failed; the job went back from it by itself; another came before it was everywhere; it runs as the one before it.
             * @enum {string}
             */
            status: "submitted" | "progressing" | "completed" | "failed" | "wentBack" | "superseded" | "alike";
            /** @description Why it failed, or the job went back from it. */
            reason: string | null;
            /** @description The revision whose document it has again. */
            restores?: number;
            /** @description Instances that run it now. */
            running: number;
        };
        RevisionDocument: {
            /** @description From 1. */
            revision: number;
            /** @description Position in the ledger. */
            position: number;
            /** Format: date-time */
            at: string;
            /** @description Who: as `by` of its event. Null: recorded before format 2. */
            by: string | null;
            /** @description What changed, in a phrase. */
            changed: string;
            image: string;
            /** @description The newest one: what the job is now. */
            current: boolean;
            /**
             * @description The job began with it; it is rolled out, was, or that failed; the job went back from it by itself; another came before it was everywhere; it runs as the one before it.
             * @enum {string}
             */
            status: "submitted" | "progressing" | "completed" | "failed" | "wentBack" | "superseded" | "alike";
            /** @description Why it failed, or the job went back from it. */
            reason: string | null;
            /** @description The revision whose document it has again. */
            restores?: number;
            /** @description Instances that run it now. */
            running: number;
            /** @description Against the revision before it. */
            changes: components["schemas"]["DocumentChange"][];
            /** @description As it was given. */
            document: {
                [key: string]: unknown;
            };
        };
        RevisionPage: {
            items: components["schemas"]["Revision"][];
            /** @description Position in the ledger. */
            position: number;
            /** @description The cursor of the following page. */
            next?: string;
        };
        Rival: {
            /** Format: date-time */
            since: string;
            reason: string;
            incarnation: number;
        };
        /** @description A former revision becomes a new one: its document, and as many instances as now. */
        RollBack: {
            /** @description Without it: the newest former one that was everywhere and has another document. */
            to?: number;
        };
        /** @description The newest rollout of a job. */
        Rollout: {
            /** @enum {string} */
            status: "progressing" | "completed" | "rollingBack" | "rolledBack" | "failed";
            revision: number;
            /** @description Instances that run the revision, of those desired. */
            updated: number;
            reason: string | null;
        };
        /** @description The root that this cluster works for, as the leader sees it. */
        Root: {
            /** @description Null: the cluster stands alone. */
            address: string | null;
            /** @description As the root calls us; null before it has in this term. */
            clusterId: string | null;
            /** @description It answered within 20 s. */
            connected: boolean;
            /** Format: date-time */
            connectedSince: string | null;
            /** @description Of this term. */
            lastReport: components["schemas"]["RootReport"] | null;
            calls: components["schemas"]["RootCalls"];
            /** @description Jobs that it is told of. */
            jobs: number;
            kept: components["schemas"]["KeptJob"][];
        };
        /** @description What the root was called for, since the start of this manager. */
        RootCalls: {
            registrations: number;
            /** @description Reports that it took. */
            reports: number;
            failures: number;
        };
        /** @description The newest report that the root has taken. */
        RootReport: {
            /** Format: date-time */
            at: string;
            ageMs: number;
            /** @description Until the root answered. */
            tookMs: number;
            bytes: number;
            /** @description How many it tells of. */
            instances: number;
        };
        /**
         * @example {
         *       "value": "…"
         *     }
         */
        RotateSecret: {
            /** @description Instances that start from now on have it. */
            value: string;
        };
        /** @description A secret, without its value. */
        Secret: {
            name: string;
            /** @description What starts from now on is given this one. */
            version: number;
            /** @description Whose it is: who set it first. */
            owner: string | null;
            /**
             * Format: date-time
             * @description When this version was set.
             */
            changed: string;
            changedBy: string | null;
            /** @description By job. */
            usedBy: components["schemas"]["SecretUse"][];
        };
        SecretOrder: {
            name: string;
            /** @description From 1; of one that is removed its last one. */
            version: number;
            /** @description Of the commit. */
            position: number;
        };
        SecretPage: {
            /** @description By name. */
            items: components["schemas"]["Secret"][];
            position: number;
        };
        /** @description A job that names the secret, or has instances that were given it. */
        SecretUse: {
            job: string;
            /** @description Empty: no instance has a place. */
            versions: components["schemas"]["SecretVersionInUse"][];
        };
        SecretVersionInUse: {
            version: number;
            /** @description That were started with it. */
            instances: number;
        };
        /** @description What the scheduler saw. */
        SeenPositions: {
            ledger: number;
            telemetry: number;
        };
        /** @description The Merkle tree over the first commits. */
        SeenTree: {
            /** @description How many commits. */
            position: number;
            /** @description Its root, hexadecimal. */
            merkleRoot: string;
        };
        /**
         * @description A value that jobs may be given.
         * @example {
         *       "name": "db-password",
         *       "value": "…"
         *     }
         */
        SetSecret: {
            name: string;
            /** @description Encrypted before it is kept; nobody is ever shown it. */
            value: string;
        };
        /**
         * @description How an instance of the technology `simulated` behaves. Milliseconds.
         * @example {
         *       "runMs": 1000,
         *       "exit": "failed"
         *     }
         */
        SimulateRules: {
            /**
             * @description How long its start takes; as its worker is set.
             * @example 500
             */
            startMs?: number;
            /**
             * @description It does not start.
             * @default false
             */
            failStart?: boolean;
            /** @description It ends by itself after this long. */
            runMs?: number;
            /**
             * @description How it ends then.
             * @default failed
             * @enum {string}
             */
            exit?: "completed" | "failed";
            /**
             * @description It prints a line this often.
             * @example 1000
             */
            printEveryMs?: number;
            health?: components["schemas"]["SimulatedHealth"];
        };
        /**
         * @description What its health checks find. Milliseconds after its start.
         * @example {
         *       "healthyAfterMs": 2000,
         *       "unhealthyAfterMs": 60000
         *     }
         */
        SimulatedHealth: {
            /**
             * @description It is well from then on.
             * @default 0
             */
            healthyAfterMs?: number;
            /** @description It is well no more from then on. */
            unhealthyAfterMs?: number;
        };
        Since: {
            /** Format: date-time */
            since: string;
            reason: string;
        };
        /** @description What was read in one step; percent, 0–100. */
        Spread: {
            min: number;
            avg: number;
            max: number;
        };
        /** @description A worker that speaks under an id that nobody knows. */
        Stranger: {
            id: string;
            /** Format: date-time */
            lastSeen: string;
            /** @description Of what it says that it runs, the first. */
            runs: string[];
            /** @description How many it says that it runs. */
            instances: number;
        };
        StrangerPage: {
            items: components["schemas"]["Stranger"][];
            /** @description Position in the ledger. */
            position: number;
            /** @description The cursor of the following page. */
            next?: string;
        };
        /**
         * @description Unknown fields are kept, travel to the scheduler and to the worker, and are named in the answer.
         * @example {
         *       "id": "web",
         *       "name": "web",
         *       "image": "nginx:1.27",
         *       "technology": "docker",
         *       "count": 2,
         *       "resources": {
         *         "cpuMillis": 250,
         *         "memoryMiB": 128
         *       }
         *     }
         */
        SubmitJob: {
            /** @description Chosen by the manager when it is left out. */
            id?: string;
            /** @description As people call it. */
            name: string;
            /** @description What is run: an image, or of a `process` its program, unless a command is given. */
            image: string;
            /**
             * @description The runtime that it needs.
             * @enum {string}
             */
            technology: "docker" | "unikernel" | "process" | "simulated";
            /**
             * @description Instances that are to run.
             * @default 1
             */
            count?: number;
            /** @description Reserved for each instance, which gets no more; a process where its node can `process:limits`. */
            resources?: components["schemas"]["RequestedResources"];
            /**
             * @description The job’s own: it is shown and found by them.
             * @example {
             *       "team": "shop"
             *     }
             */
            labels?: {
                [key: string]: string | number | boolean;
            };
            /**
             * @description Labels that a node must carry.
             * @example {
             *       "zone": "north"
             *     }
             */
            nodeLabels?: {
                [key: string]: string | number | boolean;
            };
            /**
             * @example [
             *       {
             *         "type": "direct",
             *         "node": "n1"
             *       },
             *       {
             *         "type": "architecture",
             *         "architecture": "arm64"
             *       }
             *     ]
             */
            constraints?: components["schemas"]["Constraint"][];
            /**
             * @default {
             *       "replace": true,
             *       "reconcile": "keepReplacement",
             *       "lostAfterMs": 30000,
             *       "stopOnWorkerAfterMs": null
             *     }
             */
            onDisconnect?: components["schemas"]["OnDisconnectRules"];
            /**
             * @default {
             *       "limit": 10,
             *       "firstMs": 1000,
             *       "mostMs": 300000,
             *       "resetAfterMs": 600000
             *     }
             */
            restart?: components["schemas"]["RestartRules"];
            /**
             * @default {
             *       "maxUnavailable": 1,
             *       "healthyAfterMs": 5000,
             *       "rollback": true,
             *       "surge": 0,
             *       "placeWithinMs": null
             *     }
             */
            update?: components["schemas"]["UpdateRules"];
            /**
             * @description Exit code 0 completes an instance.
             * @default false
             */
            one_shot?: boolean;
            /**
             * @description Program and arguments, instead of the image’s own.
             * @example [
             *       "/bin/sleep",
             *       "60"
             *     ]
             */
            cmd?: string[];
            /**
             * @description Another name of `cmd`, which counts more.
             * @example [
             *       "/bin/sleep",
             *       "60"
             *     ]
             */
            command?: string[];
            /**
             * @description Follow `command`; without one they are the arguments of the image’s own program.
             * @example [
             *       "--verbose"
             *     ]
             */
            args?: string[];
            /**
             * @description Variables of the program: by their names, or a list of `NAME=value`. `{secret: name}` in the place of a value is that of a secret.
             * @example {
             *       "LEVEL": "debug"
             *     }
             */
            environment?: string[] | {
                [key: string]: (string | number | boolean) | {
                    secret: string;
                };
            };
            /**
             * @description Where the program begins.
             * @example /srv
             */
            workingDirectory?: string;
            /**
             * @description Who the program runs as: a name or a uid, and a group behind a colon. A process: of the machine, where its owner lets it.
             * @example 1000:1000
             */
            user?: string | number;
            /**
             * @description Ports of the program that are reached through its node.
             * @example [
             *       "8080:80"
             *     ]
             */
            ports?: ((string | number) | components["schemas"]["PublishedPort"])[];
            /**
             * @description Folders that outlive the instance.
             * @example [
             *       "data:/data"
             *     ]
             */
            volumes?: (string | components["schemas"]["Volume"])[];
            health?: components["schemas"]["JobHealth"];
            /**
             * @description When the image is fetched.
             * @default missing
             * @enum {string}
             */
            pull?: "always" | "missing" | "never";
            /**
             * @description Name under which the worker’s owner keeps credentials of the image’s registry, or `{secret: name}` whose value is `{"registry", "username", "password"}`.
             * @example team
             */
            registryCredentials?: string | {
                secret: string;
            };
            /**
             * @description The network of a container: `bridge`, `none`, or one that the machine’s owner lets jobs share.
             * @example bridge
             */
            network?: unknown;
            simulate?: components["schemas"]["SimulateRules"];
        } & {
            [key: string]: unknown;
        };
        TelemetryPoint: {
            /**
             * Format: date-time
             * @description Where the step begins.
             */
            at: string;
            count: number;
            cpu: components["schemas"]["Spread"];
            memory: components["schemas"]["Spread"];
        };
        /** @description A token, without what is secret of it. */
        Token: {
            name: string;
            /** @description Of the roles of docs/access.md; one that is not known here may nothing. */
            role: string;
            /** @enum {string} */
            status: "holds" | "used" | "expired" | "revoked";
            /** @description Orders about nodes with these labels only; what joins by it has them. */
            nodes: {
                [key: string]: string;
            } | null;
            /** @description Of a join token; null: of another. */
            joins: components["schemas"]["JoinUses"] | null;
            /** @description Who had it made. */
            createdBy: string | null;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            expires: string;
            /**
             * Format: date-time
             * @description To the minute, at the manager that answers; null: not since that one started.
             */
            lastUsed: string | null;
            /** Format: date-time */
            revoked: string | null;
            revokedBy: string | null;
        };
        /** @description A token that was made: the only time that it is shown. */
        TokenCreated: {
            token: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "operator" | "root" | "auditor" | "scheduler" | "metrics" | "join";
            /** Format: date-time */
            expires: string;
            /** @description Of the commit that made it. */
            position: number;
        };
        TokenOrderAnswer: {
            name: string;
            position: number;
        };
        TokenPage: {
            /** @description By name. */
            items: components["schemas"]["Token"][];
            position: number;
        };
        /** @description How a new revision of the job is rolled out. */
        UpdateRules: {
            /** @description Instances that may be missing at once on its account; 0 only with `surge`. */
            maxUnavailable?: number;
            /** @description An updated instance counts once it has run for this long, milliseconds. */
            healthyAfterMs?: number;
            /** @description Go back when an updated instance fails. */
            rollback?: boolean;
            /**
             * @description New ones that may run beside the old ones, which stop once the new ones serve. Where there is no room for both, the old one stops first if `maxUnavailable` lets it. Not for a job that writes to a volume: both would.
             * @default 0
             * @example 1
             */
            surge?: number;
            /**
             * @description An update that finds no place for its next one for so long goes back, milliseconds; null: it waits.
             * @default null
             * @example 600000
             */
            placeWithinMs?: number | null;
        };
        /** @description From the newest reading, percent 0–100. */
        Used: {
            cpu: number;
            memory: number;
        };
        /**
         * @description A folder that outlives the instance: `volume` or `hostPath`.
         * @example {
         *       "volume": "data",
         *       "target": "/data"
         *     }
         */
        Volume: {
            /** @description A folder of the worker, by its name; it is kept when the instance ends. */
            volume?: string;
            /**
             * @description A folder of the machine, below a prefix that the worker’s owner allows.
             * @example /srv/data
             */
            hostPath?: string;
            /** @description Where the program sees it. A `process` is told its path in `OAKRING_VOLUME_<NAME>` instead. */
            target?: string;
            /**
             * @description The program cannot write there.
             * @default false
             */
            readOnly?: boolean;
        };
        /** @description Whoever asks, as the manager knows them. */
        WhoAmI: {
            /** @description `token`: by OAKRING_TOKEN; `open`: no token is asked for; `nodes/<id>`: a node. */
            name: string;
            role: string;
            permissions: ("cluster:read" | "cluster:metrics" | "cluster:import" | "jobs:read" | "jobs:write" | "jobs:logs" | "jobs:exec" | "nodes:read" | "nodes:write" | "nodes:register" | "nodes:join" | "ledger:read" | "ledger:write" | "ledger:cosign" | "secrets:read" | "secrets:write" | "secrets:use" | "access:read" | "access:write")[];
            /**
             * @description Which jobs are seen and changed.
             * @enum {string}
             */
            jobs: "all" | "own";
            /** @description Orders about nodes with these labels only; null: about all that the role allows. */
            nodes: {
                [key: string]: string;
            } | null;
            /**
             * Format: date-time
             * @description Null: with the setting.
             */
            expires: string | null;
        };
    };
    responses: {
        /** @description broker-unreachable, shutting-down, store-away, not-leading, outcome-unknown, overloaded */
        "broker-unreachable.shutting-down.store-away.not-leading.outcome-unknown.overloaded": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "broker-unreachable" | "shutting-down" | "store-away" | "not-leading" | "outcome-unknown" | "overloaded";
                };
            };
        };
        /** @description broker-unreachable, shutting-down, store-away, not-leading, outcome-unknown, overloaded, log-unavailable */
        "broker-unreachable.shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "broker-unreachable" | "shutting-down" | "store-away" | "not-leading" | "outcome-unknown" | "overloaded" | "log-unavailable";
                };
            };
        };
        /** @description broker-unreachable, store-away, shutting-down, not-leading, outcome-unknown, overloaded, log-unavailable */
        "broker-unreachable.store-away.shutting-down.not-leading.outcome-unknown.overloaded.log-unavailable": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "broker-unreachable" | "store-away" | "shutting-down" | "not-leading" | "outcome-unknown" | "overloaded" | "log-unavailable";
                };
            };
        };
        /** @description checkpoint-unknown */
        "checkpoint-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "checkpoint-unknown";
                };
            };
        };
        /** @description decision-unknown, route-unknown */
        "decision-unknown.route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "decision-unknown" | "route-unknown";
                };
            };
        };
        /** @description idempotency-key-reused */
        "idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "idempotency-key-reused";
                };
            };
        };
        /** @description instance-not-movable, idempotency-key-reused */
        "instance-not-movable.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "instance-not-movable" | "idempotency-key-reused";
                };
            };
        };
        /** @description instance-nowhere, feature-missing, node-away */
        "instance-nowhere.feature-missing.node-away": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "instance-nowhere" | "feature-missing" | "node-away";
                };
            };
        };
        /** @description internal */
        internal: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "internal";
                };
            };
        };
        /** @description internal, log-damaged */
        "internal.log-damaged": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "internal" | "log-damaged";
                };
            };
        };
        /** @description invalid-field */
        "invalid-field": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid-field";
                };
            };
        };
        /** @description invalid-field, invalid-json, not-utf8 */
        "invalid-field.invalid-json.not-utf8": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid-field" | "invalid-json" | "not-utf8";
                };
            };
        };
        /** @description invalid-field, position-invalid, moment-invalid */
        "invalid-field.position-invalid.moment-invalid": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid-field" | "position-invalid" | "moment-invalid";
                };
            };
        };
        /** @description invalid-id, id-mismatch, technology-unknown, constraint-unknown, invalid-field, invalid-json, not-utf8 */
        "invalid-id.id-mismatch.technology-unknown.constraint-unknown.invalid-field.invalid-json.not-utf8": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid-id" | "id-mismatch" | "technology-unknown" | "constraint-unknown" | "invalid-field" | "invalid-json" | "not-utf8";
                };
            };
        };
        /** @description invalid-id, invalid-field */
        "invalid-id.invalid-field": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid-id" | "invalid-field";
                };
            };
        };
        /** @description invalid-id, invalid-field, invalid-json, not-utf8 */
        "invalid-id.invalid-field.invalid-json.not-utf8": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid-id" | "invalid-field" | "invalid-json" | "not-utf8";
                };
            };
        };
        /** @description invalid-id, technology-unknown, constraint-unknown, invalid-field, invalid-json, not-utf8 */
        "invalid-id.technology-unknown.constraint-unknown.invalid-field.invalid-json.not-utf8": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid-id" | "technology-unknown" | "constraint-unknown" | "invalid-field" | "invalid-json" | "not-utf8";
                };
            };
        };
        /** @description invalid-id, technology-unknown, invalid-field, invalid-json, not-utf8 */
        "invalid-id.technology-unknown.invalid-field.invalid-json.not-utf8": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid-id" | "technology-unknown" | "invalid-field" | "invalid-json" | "not-utf8";
                };
            };
        };
        /** @description job-deleting, instance-not-movable, secret-missing, worker-does-not-fit, no-target, idempotency-key-reused */
        "job-deleting.instance-not-movable.secret-missing.worker-does-not-fit.no-target.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-deleting" | "instance-not-movable" | "secret-missing" | "worker-does-not-fit" | "no-target" | "idempotency-key-reused";
                };
            };
        };
        /** @description job-deleting, job-completed, secret-missing, idempotency-key-reused */
        "job-deleting.job-completed.secret-missing.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-deleting" | "job-completed" | "secret-missing" | "idempotency-key-reused";
                };
            };
        };
        /** @description job-id-taken */
        "job-id-taken": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-id-taken";
                };
            };
        };
        /** @description job-id-taken, job-deleting, secret-missing, idempotency-key-reused */
        "job-id-taken.job-deleting.secret-missing.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-id-taken" | "job-deleting" | "secret-missing" | "idempotency-key-reused";
                };
            };
        };
        /** @description job-of-root, idempotency-key-reused */
        "job-of-root.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-of-root" | "idempotency-key-reused";
                };
            };
        };
        /** @description job-of-root, job-deleting, job-completed, update-without-effect, idempotency-key-reused */
        "job-of-root.job-deleting.job-completed.update-without-effect.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-of-root" | "job-deleting" | "job-completed" | "update-without-effect" | "idempotency-key-reused";
                };
            };
        };
        /** @description job-of-root, job-deleting, job-completed, update-without-effect, secret-missing, plan-outdated, idempotency-key-reused */
        "job-of-root.job-deleting.job-completed.update-without-effect.secret-missing.plan-outdated.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-of-root" | "job-deleting" | "job-completed" | "update-without-effect" | "secret-missing" | "plan-outdated" | "idempotency-key-reused";
                };
            };
        };
        /** @description job-unknown, instance-unknown, nothing-printed, route-unknown */
        "job-unknown.instance-unknown.nothing-printed.route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-unknown" | "instance-unknown" | "nothing-printed" | "route-unknown";
                };
            };
        };
        /** @description job-unknown, instance-unknown, route-unknown */
        "job-unknown.instance-unknown.route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-unknown" | "instance-unknown" | "route-unknown";
                };
            };
        };
        /** @description job-unknown, revision-unknown, route-unknown */
        "job-unknown.revision-unknown.route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-unknown" | "revision-unknown" | "route-unknown";
                };
            };
        };
        /** @description job-unknown, route-unknown */
        "job-unknown.route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "job-unknown" | "route-unknown";
                };
            };
        };
        /** @description join-token-used, origin-foreign, forbidden */
        "join-token-used.origin-foreign.forbidden": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "join-token-used" | "origin-foreign" | "forbidden";
                };
            };
        };
        /** @description key-unknown, route-unknown */
        "key-unknown.route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "key-unknown" | "route-unknown";
                };
            };
        };
        /** @description key-untrusted, tree-unknown, key-judged, idempotency-key-reused */
        "key-untrusted.tree-unknown.key-judged.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "key-untrusted" | "tree-unknown" | "key-judged" | "idempotency-key-reused";
                };
            };
        };
        /** @description ledger-in-use */
        "ledger-in-use": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "ledger-in-use";
                };
            };
        };
        /** @description log-damaged, internal */
        "log-damaged.internal": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "log-damaged" | "internal";
                };
            };
        };
        /** @description log-truncated */
        "log-truncated": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "log-truncated";
                };
            };
        };
        /** @description misdirected-request */
        "misdirected-request": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "misdirected-request";
                };
            };
        };
        /** @description moment-invalid, invalid-field */
        "moment-invalid.invalid-field": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "moment-invalid" | "invalid-field";
                };
            };
        };
        /** @description node-id-taken, incarnation-stale, incarnation-implausible, node-run-elsewhere, too-many-nodes, idempotency-key-reused */
        "node-id-taken.incarnation-stale.incarnation-implausible.node-run-elsewhere.too-many-nodes.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "node-id-taken" | "incarnation-stale" | "incarnation-implausible" | "node-run-elsewhere" | "too-many-nodes" | "idempotency-key-reused";
                };
            };
        };
        /** @description node-id-taken, no-certificate-authority, too-many-nodes */
        "node-id-taken.no-certificate-authority.too-many-nodes": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "node-id-taken" | "no-certificate-authority" | "too-many-nodes";
                };
            };
        };
        /** @description node-id-taken, too-many-nodes */
        "node-id-taken.too-many-nodes": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "node-id-taken" | "too-many-nodes";
                };
            };
        };
        /** @description node-in-use, idempotency-key-reused */
        "node-in-use.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "node-in-use" | "idempotency-key-reused";
                };
            };
        };
        /** @description node-unknown, credential-unknown, route-unknown */
        "node-unknown.credential-unknown.route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "node-unknown" | "credential-unknown" | "route-unknown";
                };
            };
        };
        /** @description node-unknown, route-unknown */
        "node-unknown.route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "node-unknown" | "route-unknown";
                };
            };
        };
        /** @description not-leading, shutting-down */
        "not-leading.shutting-down": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "not-leading" | "shutting-down";
                };
            };
        };
        /** @description nothing-to-go-back-to, job-of-root, job-deleting, job-completed, update-without-effect, secret-missing, idempotency-key-reused */
        "nothing-to-go-back-to.job-of-root.job-deleting.job-completed.update-without-effect.secret-missing.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "nothing-to-go-back-to" | "job-of-root" | "job-deleting" | "job-completed" | "update-without-effect" | "secret-missing" | "idempotency-key-reused";
                };
            };
        };
        /** @description origin-foreign */
        "origin-foreign": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "origin-foreign";
                };
            };
        };
        /** @description origin-foreign, forbidden */
        "origin-foreign.forbidden": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "origin-foreign" | "forbidden";
                };
            };
        };
        /** @description overloaded, shutting-down, store-away */
        "overloaded.shutting-down.store-away": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "overloaded" | "shutting-down" | "store-away";
                };
            };
        };
        /** @description payload-too-large */
        "payload-too-large": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "payload-too-large";
                };
            };
        };
        /** @description position-changed */
        "position-changed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "position-changed";
                };
            };
        };
        /** @description position-invalid, invalid-field */
        "position-invalid.invalid-field": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "position-invalid" | "invalid-field";
                };
            };
        };
        /** @description position-invalid, moment-invalid, invalid-field */
        "position-invalid.moment-invalid.invalid-field": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "position-invalid" | "moment-invalid" | "invalid-field";
                };
            };
        };
        /** @description position-not-reached, overloaded, shutting-down, store-away */
        "position-not-reached.overloaded.shutting-down.store-away": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "position-not-reached" | "overloaded" | "shutting-down" | "store-away";
                };
            };
        };
        /** @description position-not-reached, overloaded, shutting-down, store-away, not-leading, outcome-unknown */
        "position-not-reached.overloaded.shutting-down.store-away.not-leading.outcome-unknown": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "position-not-reached" | "overloaded" | "shutting-down" | "store-away" | "not-leading" | "outcome-unknown";
                };
            };
        };
        /** @description rate-exceeded */
        "rate-exceeded": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "rate-exceeded";
                };
            };
        };
        /** @description rate-exceeded, too-many-requests */
        "rate-exceeded.too-many-requests": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "rate-exceeded" | "too-many-requests";
                };
            };
        };
        /** @description request-timeout */
        "request-timeout": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "request-timeout";
                };
            };
        };
        /** @description route-unknown */
        "route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "route-unknown";
                };
            };
        };
        /** @description scheduler-refused */
        "scheduler-refused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "scheduler-refused";
                };
            };
        };
        /** @description scheduler-unavailable, shutting-down, store-away, not-leading, outcome-unknown, overloaded, log-unavailable */
        "scheduler-unavailable.shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "scheduler-unavailable" | "shutting-down" | "store-away" | "not-leading" | "outcome-unknown" | "overloaded" | "log-unavailable";
                };
            };
        };
        /** @description secret-changed, too-many-secrets, idempotency-key-reused */
        "secret-changed.too-many-secrets.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "secret-changed" | "too-many-secrets" | "idempotency-key-reused";
                };
            };
        };
        /** @description secret-exists, secret-name-wanted, secret-changed, too-many-secrets, idempotency-key-reused */
        "secret-exists.secret-name-wanted.secret-changed.too-many-secrets.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "secret-exists" | "secret-name-wanted" | "secret-changed" | "too-many-secrets" | "idempotency-key-reused";
                };
            };
        };
        /** @description secret-unknown, route-unknown */
        "secret-unknown.route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "secret-unknown" | "route-unknown";
                };
            };
        };
        /** @description shutting-down */
        "shutting-down": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "shutting-down";
                };
            };
        };
        /** @description shutting-down, store-away */
        "shutting-down.store-away": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "shutting-down" | "store-away";
                };
            };
        };
        /** @description shutting-down, store-away, not-leading, outcome-unknown */
        "shutting-down.store-away.not-leading.outcome-unknown": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "shutting-down" | "store-away" | "not-leading" | "outcome-unknown";
                };
            };
        };
        /** @description shutting-down, store-away, not-leading, outcome-unknown, overloaded */
        "shutting-down.store-away.not-leading.outcome-unknown.overloaded": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "shutting-down" | "store-away" | "not-leading" | "outcome-unknown" | "overloaded";
                };
            };
        };
        /** @description shutting-down, store-away, not-leading, outcome-unknown, overloaded, log-unavailable */
        "shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "shutting-down" | "store-away" | "not-leading" | "outcome-unknown" | "overloaded" | "log-unavailable";
                };
            };
        };
        /** @description shutting-down, store-away, overloaded */
        "shutting-down.store-away.overloaded": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "shutting-down" | "store-away" | "overloaded";
                };
            };
        };
        /** @description signature-invalid, invalid-field, invalid-json, not-utf8 */
        "signature-invalid.invalid-field.invalid-json.not-utf8": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "signature-invalid" | "invalid-field" | "invalid-json" | "not-utf8";
                };
            };
        };
        /** @description stream-broken */
        "stream-broken": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "stream-broken";
                };
            };
        };
        /** @description token-name-taken, token-shown-once, too-many-tokens, idempotency-key-reused */
        "token-name-taken.token-shown-once.too-many-tokens.idempotency-key-reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "token-name-taken" | "token-shown-once" | "too-many-tokens" | "idempotency-key-reused";
                };
            };
        };
        /** @description token-unknown, route-unknown */
        "token-unknown.route-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "token-unknown" | "route-unknown";
                };
            };
        };
        /** @description too-many-requests */
        "too-many-requests": {
            headers: {
                /** @description Seconds until it is worth repeating. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "too-many-requests";
                };
            };
        };
        /** @description tree-unknown */
        "tree-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "tree-unknown";
                };
            };
        };
        /** @description unauthorized */
        unauthorized: {
            headers: {
                /** @description Bearer realm="oakring" */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "unauthorized";
                };
            };
        };
        /** @description unsupported-media-type */
        "unsupported-media-type": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "unsupported-media-type";
                };
            };
        };
        /** @description upgrade-required */
        "upgrade-required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "upgrade-required";
                };
            };
        };
        /** @description witness-unknown */
        "witness-unknown": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "witness-unknown";
                };
            };
        };
        /** @description worker-silent */
        "worker-silent": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "worker-silent";
                };
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listJobs: {
        parameters: {
            query?: {
                /** @description Items of a page; 100 by default. */
                limit?: number;
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description Whom a person means by a text: the one with this id, those with this name, and those of which either begins so; the best first, at most `limit`, no further page. */
                named?: string;
                /** @description Only jobs with all of these labels of their own, such as `team=shop,tier`: a name alone is there with any value. */
                label?: string;
                /** @description Wait up to 5 s for the view to be there. */
                minPosition?: number;
                /** @description As it was at a moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). Times without a zone are UTC. */
                at?: string;
            };
            header?: {
                /** @description ETag of the answer that the reader has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description As If-None-Match has it. */
            304: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid-field.position-invalid.moment-invalid"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["position-not-reached.overloaded.shutting-down.store-away"];
        };
    };
    submitJob: {
        parameters: {
            query?: {
                /** @description Tell what it would do, and where; write nothing. */
                dryRun?: boolean;
                /** @description Refuse a document of which something would not be used. */
                strict?: boolean;
            };
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitJob"];
            };
        };
        responses: {
            /** @description The answer to a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description Accepted and durable. The same request again gets the same answer. */
            201: {
                headers: {
                    /** @description Address of the job. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["invalid-id.technology-unknown.constraint-unknown.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["job-id-taken.job-deleting.secret-missing.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            422: components["responses"]["scheduler-refused"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["scheduler-unavailable.shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    showJob: {
        parameters: {
            query?: {
                /** @description Wait up to 5 s for the view to be there. */
                minPosition?: number;
                /** @description As it was at a moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). Times without a zone are UTC. */
                at?: string;
            };
            header?: {
                /** @description ETag of the answer that the reader has. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description As If-None-Match has it. */
            304: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["position-invalid.moment-invalid.invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.route-unknown"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["position-not-reached.overloaded.shutting-down.store-away"];
        };
    };
    updateJob: {
        parameters: {
            query?: {
                /** @description Only if what the job is to be was not changed behind this position: that of a plan. */
                atPosition?: number;
                /** @description Only if the job is of this revision. */
                ifRevision?: number;
                /** @description Tell what it would do, and where; write nothing. */
                dryRun?: boolean;
                /** @description Refuse a document of which something would not be used. */
                strict?: boolean;
            };
            header?: {
                /** @description ETag of the answer that the change is made from. */
                "If-Match"?: string;
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitJob"];
            };
        };
        responses: {
            /** @description Ordered., The answer to a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOrder"] | components["schemas"]["Outlook"];
                };
            };
            400: components["responses"]["invalid-id.id-mismatch.technology-unknown.constraint-unknown.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["job-of-root.job-deleting.job-completed.update-without-effect.secret-missing.plan-outdated.idempotency-key-reused"];
            412: components["responses"]["position-changed"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            422: components["responses"]["scheduler-refused"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["scheduler-unavailable.shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    deleteJob: {
        parameters: {
            query?: {
                /** @description Also a job whose instances a root numbers; the root is told. */
                force?: boolean;
                /** @description Tell what it would do, and where; write nothing. */
                dryRun?: boolean;
            };
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ordered., The answer to a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOrder"] | components["schemas"]["Outlook"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["job-of-root.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    replicateJob: {
        parameters: {
            query?: {
                /** @description Also a job whose instances a root numbers; the root is told. */
                force?: boolean;
                /** @description Tell what it would do, and where; write nothing. */
                dryRun?: boolean;
            };
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplicateJob"];
            };
        };
        responses: {
            /** @description Ordered., The answer to a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOrder"] | components["schemas"]["Outlook"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["job-of-root.job-deleting.job-completed.update-without-effect.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            422: components["responses"]["scheduler-refused"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["scheduler-unavailable.shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    moveInstance: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["MoveInstance"];
            };
        };
        responses: {
            /** @description The move has begun. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.instance-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["job-deleting.instance-not-movable.secret-missing.worker-does-not-fit.no-target.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            422: components["responses"]["scheduler-refused"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["scheduler-unavailable.shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    cancelMove: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ordered. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.instance-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["instance-not-movable.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    restartJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description Ordered. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["job-deleting.job-completed.secret-missing.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    rollBackJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETag of the answer that the change is made from. */
                "If-Match"?: string;
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RollBack"];
            };
        };
        responses: {
            /** @description Ordered. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.revision-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["nothing-to-go-back-to.job-of-root.job-deleting.job-completed.update-without-effect.secret-missing.idempotency-key-reused"];
            412: components["responses"]["position-changed"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    listNodes: {
        parameters: {
            query?: {
                /** @description Items of a page; 100 by default. */
                limit?: number;
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description Whom a person means by a text: the one with this id, those with this name, and those of which either begins so; the best first, at most `limit`, no further page. */
                named?: string;
                /** @description Wait up to 5 s for the view to be there. */
                minPosition?: number;
                /** @description As it was at a moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). Times without a zone are UTC. */
                at?: string;
            };
            header?: {
                /** @description ETag of the answer that the reader has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePage"];
                };
            };
            /** @description As If-None-Match has it. */
            304: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid-field.position-invalid.moment-invalid"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["position-not-reached.overloaded.shutting-down.store-away"];
        };
    };
    registerNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterNode"];
            };
        };
        responses: {
            /** @description Registered, or registered before. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Registered"];
                };
            };
            400: components["responses"]["invalid-id.technology-unknown.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["node-id-taken.incarnation-stale.incarnation-implausible.node-run-elsewhere.too-many-nodes.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["rate-exceeded.too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    cordonNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NodeReason"];
            };
        };
        responses: {
            /** @description Ordered, or so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    uncordonNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ordered, or so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    drainNode: {
        parameters: {
            query?: {
                /** @description Tell what it would do, and where; write nothing. */
                dryRun?: boolean;
            };
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DrainNode"];
            };
        };
        responses: {
            /** @description Ordered, or so already., The answer to a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeOrder"] | components["schemas"]["Outlook"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            422: components["responses"]["scheduler-refused"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["scheduler-unavailable.shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    cancelDrain: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ordered, or so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    quarantineNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NodeReason"];
            };
        };
        responses: {
            /** @description Ordered, or so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    releaseNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ordered, or so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    labelNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabelNode"];
            };
        };
        responses: {
            /** @description Ordered, or so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    revokeNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked, or so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.credential-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    showNode: {
        parameters: {
            query?: {
                /** @description Wait up to 5 s for the view to be there. */
                minPosition?: number;
                /** @description As it was at a moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). Times without a zone are UTC. */
                at?: string;
            };
            header?: {
                /** @description ETag of the answer that the reader has. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The node. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"];
                };
            };
            /** @description As If-None-Match has it. */
            304: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["position-invalid.moment-invalid.invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.route-unknown"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["position-not-reached.overloaded.shutting-down.store-away"];
        };
    };
    forgetNode: {
        parameters: {
            query?: {
                /** @description Also one that speaks or was heard of not long ago. */
                force?: boolean;
            };
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ordered, or so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeOrder"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["node-in-use.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    orderServiceInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["OakestraService"];
            };
        };
        responses: {
            /** @description In the log. What is wrong with the service is told in the report. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OakestraTaken"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign"];
            404: components["responses"]["route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["job-id-taken"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    endServiceInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the log, or there is no such instance. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OakestraTaken"];
                };
            };
            400: components["responses"]["invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign"];
            404: components["responses"]["route-unknown"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    tellRootClusterStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As of now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OakestraClusterStatus"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign"];
            421: components["responses"]["misdirected-request"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown"];
        };
    };
    importOakestraNode: {
        parameters: {
            query?: {
                /** @description Tell what would come over; write nothing. */
                dryRun?: boolean;
                /** @description Also into a ledger that has jobs of its own. */
                force?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OakestraCandidate"];
            };
        };
        responses: {
            /** @description What became of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OakestraNodeImported"];
                };
            };
            400: components["responses"]["invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["ledger-in-use"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    importOakestraService: {
        parameters: {
            query?: {
                /** @description Tell what would come over; write nothing. */
                dryRun?: boolean;
                /** @description Also into a ledger that has jobs of its own. */
                force?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OakestraJob"];
            };
        };
        responses: {
            /** @description What became of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OakestraServiceImported"];
                };
            };
            400: components["responses"]["invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["ledger-in-use"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    registerOakestraWorker: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OakestraWorker"];
            };
        };
        responses: {
            /** @description Registered: its workloads before this are gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OakestraWorkerAnswer"];
                };
            };
            400: components["responses"]["invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign"];
            404: components["responses"]["route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["node-id-taken.too-many-nodes"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["rate-exceeded"];
            500: components["responses"]["log-damaged.internal"];
            503: components["responses"]["broker-unreachable.store-away.shutting-down.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    showCluster: {
        parameters: {
            query?: {
                /** @description Wait up to 5 s for the view to be there. */
                minPosition?: number;
                /** @description As it was at a moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). Times without a zone are UTC. */
                at?: string;
            };
            header?: {
                /** @description ETag of the answer that the reader has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cluster. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            /** @description As If-None-Match has it. */
            304: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["position-invalid.moment-invalid.invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["position-not-reached.overloaded.shutting-down.store-away"];
        };
    };
    showRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The root. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Root"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown"];
        };
    };
    listInstances: {
        parameters: {
            query?: {
                /** @description Items of a page; 100 by default. */
                limit?: number;
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description Whom a person means by a text: the one with this id, those with this name, and those of which either begins so; the best first, at most `limit`, no further page. */
                named?: string;
                /** @description Wait up to 5 s for the view to be there. */
                minPosition?: number;
                /** @description As it was at a moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). Times without a zone are UTC. */
                at?: string;
            };
            header?: {
                /** @description ETag of the answer that the reader has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, by `<job>/<number>`. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstancePage"];
                };
            };
            /** @description As If-None-Match has it. */
            304: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid-field.position-invalid.moment-invalid"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["position-not-reached.overloaded.shutting-down.store-away"];
        };
    };
    listRevisions: {
        parameters: {
            query?: {
                /** @description Items of a page; 20 by default. */
                limit?: number;
                /** @description `next` of the page before. */
                cursor?: number;
                /** @description Wait up to 5 s for the view to be there. */
                minPosition?: number;
                /** @description As it was at a moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). Times without a zone are UTC. */
                at?: string;
            };
            header?: {
                /** @description ETag of the answer that the reader has. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. The newest 100 are kept at hand. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionPage"];
                };
            };
            /** @description As If-None-Match has it. */
            304: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid-field.position-invalid.moment-invalid"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.route-unknown"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["position-not-reached.overloaded.shutting-down.store-away"];
        };
    };
    showRevision: {
        parameters: {
            query?: {
                /** @description Wait up to 5 s for the view to be there. */
                minPosition?: number;
                /** @description As it was at a moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). Times without a zone are UTC. */
                at?: string;
            };
            header?: {
                /** @description ETag of the answer that the reader has. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
                revision: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The revision. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionDocument"];
                };
            };
            /** @description As If-None-Match has it. */
            304: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["position-invalid.moment-invalid.invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.revision-unknown.route-unknown"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["position-not-reached.overloaded.shutting-down.store-away"];
        };
    };
    readLogs: {
        parameters: {
            query?: {
                /** @description Go on as it prints, until it has ended. */
                follow?: boolean;
                /** @description What was printed since: a time like 2026-11-23T10:00:00Z, or a time ago like -15m. */
                since?: string;
                /** @description So many of the newest lines, and what follows them. */
                tail?: number;
                /** @description Of the start before the present one. */
                previous?: boolean;
                /** @description As text: each line begins with when it was printed. */
                timestamps?: boolean;
                /** @description What follows the line with this cursor, of the same generation. */
                after?: string;
            };
            header?: {
                /** @description With text/event-stream: as `after`. */
                "Last-Event-ID"?: string;
            };
            path: {
                id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As text, a line of JSON a line, or a server-sent event. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["LogLine"];
                    "application/x-ndjson": components["schemas"]["LogLine"];
                    "text/event-stream": components["schemas"]["LogLine"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.instance-unknown.nothing-printed.route-unknown"];
            409: components["responses"]["instance-nowhere.feature-missing.node-away"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            502: components["responses"]["stream-broken"];
            503: components["responses"]["broker-unreachable.shutting-down.store-away.not-leading.outcome-unknown.overloaded"];
            504: components["responses"]["worker-silent"];
        };
    };
    execInInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A WebSocket of the subprotocol oakring.exec.v1, whose frames docs/clients.md tells. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid-id.invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["job-unknown.instance-unknown.route-unknown"];
            421: components["responses"]["misdirected-request"];
            426: components["responses"]["upgrade-required"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded"];
        };
    };
    nodeChanges: {
        parameters: {
            query?: {
                /** @description Position that the copy reflects; 0 for all. */
                since?: number;
                /** @description Number of the newest reading that the copy reflects. */
                telemetrySince?: number;
                /** @description Wait up to 5 s for the view to be there. */
                minPosition?: number;
                /** @description As it was at a moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). Times without a zone are UTC. */
                at?: string;
            };
            header?: {
                /** @description ETag of the answer that the reader has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The changes. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeChanges"];
                };
            };
            /** @description As If-None-Match has it. */
            304: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    /** @description Milliseconds since that position was committed. */
                    "Oakring-Age-Ms"?: string;
                    /** @description Of the answer: for If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid-field.position-invalid.moment-invalid"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["position-not-reached.overloaded.shutting-down.store-away.not-leading.outcome-unknown"];
        };
    };
    listStrangers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those of the last minutes. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StrangerPage"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown"];
        };
    };
    showNodeTelemetry: {
        parameters: {
            query?: {
                /** @description A moment; an hour before `to` by default. */
                from?: string;
                /** @description A moment; now by default. */
                to?: string;
                /** @description Milliseconds of a point. */
                step?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 500 points. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeTelemetry"];
                };
            };
            400: components["responses"]["moment-invalid.invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["node-unknown.route-unknown"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown"];
        };
    };
    streamTelemetryBatches: {
        parameters: {
            query?: {
                /** @description First batch; the oldest that is kept by default. */
                from?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A batch a line. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": unknown;
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            410: components["responses"]["log-truncated"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded"];
        };
    };
    showDecision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The decision as it was recorded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["decision-unknown.route-unknown"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away"];
        };
    };
    showDifference: {
        parameters: {
            query?: {
                /** @description A moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). */
                from?: string;
                /** @description A moment: a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z). */
                to?: string;
                /** @description Items at most; 1000 by default. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The difference. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diff"];
                };
            };
            400: components["responses"]["moment-invalid.invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["overloaded.shutting-down.store-away"];
        };
    };
    listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them: there are a thousand at most. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPage"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateToken"];
            };
        };
        responses: {
            /** @description Created, and durable. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenCreated"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["token-name-taken.token-shown-once.too-many-tokens.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked, or so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenOrderAnswer"];
                };
            };
            400: components["responses"]["invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["token-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    joinNode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JoinNode"];
            };
        };
        responses: {
            /** @description Joined, and durable; or so already. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Joined"];
                };
            };
            400: components["responses"]["invalid-id.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["join-token-used.origin-foreign.forbidden"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["node-id-taken.no-certificate-authority.too-many-nodes"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["rate-exceeded.too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["broker-unreachable.shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    whoAmI: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By the token that the request shows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoAmI"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away"];
        };
    };
    listSecrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them: there are a thousand at most. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretPage"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away"];
        };
    };
    setSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetSecret"];
            };
        };
        responses: {
            /** @description Encrypted, and durable. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretOrder"];
                };
            };
            400: components["responses"]["invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["secret-exists.secret-name-wanted.secret-changed.too-many-secrets.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    rotateSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateSecret"];
            };
        };
        responses: {
            /** @description Encrypted, and durable. What runs keeps what it has. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretOrder"];
                };
            };
            400: components["responses"]["invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["secret-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["secret-changed.too-many-secrets.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    removeSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. What runs keeps what it has. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretOrder"];
                };
            };
            400: components["responses"]["invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["secret-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    endorseKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["JudgeKey"];
            };
        };
        responses: {
            /** @description What the key is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyJudged"];
                };
            };
            400: components["responses"]["signature-invalid.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["key-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["key-untrusted.tree-unknown.key-judged.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys. */
                "Idempotency-Key"?: string;
            };
            path: {
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["JudgeKey"];
            };
        };
        responses: {
            /** @description What the key is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyJudged"];
                };
            };
            400: components["responses"]["signature-invalid.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["key-unknown.route-unknown"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["key-untrusted.tree-unknown.key-judged.idempotency-key-reused"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    addCosignatures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CosignedCheckpoint"];
            };
        };
        responses: {
            /** @description What lies in the ledger now; the same again when repeated. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CosignaturesTaken"];
                };
            };
            400: components["responses"]["signature-invalid.invalid-field.invalid-json.not-utf8"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["tree-unknown"];
            413: components["responses"]["payload-too-large"];
            415: components["responses"]["unsupported-media-type"];
            421: components["responses"]["misdirected-request"];
            422: components["responses"]["witness-unknown"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.not-leading.outcome-unknown.overloaded.log-unavailable"];
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                /** @description 100 by default. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away"];
        };
    };
    listLedgerKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerKeys"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away"];
        };
    };
    showLedgerVerification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest result. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerVerified"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away"];
        };
    };
    streamViews: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One `[view, key, record]` a line. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": unknown;
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.overloaded"];
        };
    };
    showLedgerHead: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The head. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerHead"];
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away"];
        };
    };
    streamCommits: {
        parameters: {
            query?: {
                /** @description First position; 1 by default. The next one to come has no lines. */
                from?: number;
                /** @description Last position; that of the newest commit by default. */
                to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A commit a line, as docs/ledger-format.md has it. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            400: components["responses"]["position-invalid.invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.overloaded"];
        };
    };
    showCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A signed note. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            404: components["responses"]["checkpoint-unknown"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away"];
        };
    };
    proveConsistency: {
        parameters: {
            query?: {
                /** @description Commits of the earlier tree: what a kept checkpoint says. */
                from?: number;
                /** @description Commits of the later tree; by default those of the newest checkpoint, or of all. */
                to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Both roots, and the proof between them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Consistency"];
                };
            };
            400: components["responses"]["position-invalid.invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["overloaded.shutting-down.store-away"];
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description First position, inclusive; 1 by default. */
                from?: number;
                /** @description Only this stream: cluster, access, secrets, seals, checkpoints, nodes/<id> or jobs/<id>. */
                stream?: string;
                /** @description Only these types of events, separated by commas. */
                type?: string;
                /** @description Only by the word of: nodes/<id>, manager/<process>, api/token …; `nodes/` is all of them. */
                by?: string;
                /** @description Go on with what happens. Implied by text/event-stream. */
                follow?: boolean;
                /** @description End after this many events. */
                limit?: number;
            };
            header?: {
                /** @description With text/event-stream: go on after this event, `<position>/<index>`. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line an event, or a server-sent event. */
            200: {
                headers: {
                    /** @description Position in the ledger that the answer is of. */
                    "Oakring-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["EventLine"];
                    "text/event-stream": components["schemas"]["EventLine"];
                };
            };
            400: components["responses"]["position-invalid.invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away.overloaded"];
        };
    };
    isLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alive. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["invalid-field"];
            403: components["responses"]["origin-foreign"];
            421: components["responses"]["misdirected-request"];
            500: components["responses"]["internal"];
            /** @description Stuck., shutting-down */
            503: {
                headers: {
                    /** @description Seconds until it is worth repeating. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "shutting-down";
                    };
                };
            };
        };
    };
    isReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["invalid-field"];
            403: components["responses"]["origin-foreign"];
            421: components["responses"]["misdirected-request"];
            500: components["responses"]["internal"];
            /** @description Not ready., shutting-down */
            503: {
                headers: {
                    /** @description Seconds until it is worth repeating. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "shutting-down";
                    };
                };
            };
        };
    };
    scrapeMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            400: components["responses"]["invalid-field"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["origin-foreign.forbidden"];
            421: components["responses"]["misdirected-request"];
            429: components["responses"]["too-many-requests"];
            500: components["responses"]["internal.log-damaged"];
            503: components["responses"]["shutting-down.store-away"];
        };
    };
    proveLeadership: {
        parameters: {
            query?: {
                /** @description What only this answer is a proof for. */
                challenge?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A ticket for one request, and the proof. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderProof"];
                };
            };
            400: components["responses"]["invalid-field"];
            403: components["responses"]["origin-foreign"];
            404: components["responses"]["route-unknown"];
            421: components["responses"]["misdirected-request"];
            500: components["responses"]["internal"];
            503: components["responses"]["not-leading.shutting-down"];
        };
    };
    showPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            400: components["responses"]["invalid-field"];
            403: components["responses"]["origin-foreign"];
            421: components["responses"]["misdirected-request"];
            500: components["responses"]["internal"];
            503: components["responses"]["shutting-down"];
        };
    };
    showDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenApi"];
                };
            };
            400: components["responses"]["invalid-field"];
            403: components["responses"]["origin-foreign"];
            421: components["responses"]["misdirected-request"];
            500: components["responses"]["internal"];
            503: components["responses"]["shutting-down"];
        };
    };
    showScript: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A script. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": unknown;
                };
            };
            400: components["responses"]["invalid-field"];
            403: components["responses"]["origin-foreign"];
            421: components["responses"]["misdirected-request"];
            500: components["responses"]["internal"];
            503: components["responses"]["shutting-down"];
        };
    };
    showAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/css": unknown;
                    "text/javascript": unknown;
                    "image/png": unknown;
                };
            };
            400: components["responses"]["invalid-field"];
            403: components["responses"]["origin-foreign"];
            404: components["responses"]["route-unknown"];
            421: components["responses"]["misdirected-request"];
            500: components["responses"]["internal"];
            503: components["responses"]["shutting-down"];
        };
    };
}
