// basic_ftp.js - Node's basic-ftp, for t/clients-node.t: settings in the
// environment, steps on standard input.

const fs = require("fs")

if (process.argv[2] === "--version") {
	console.log(require("basic-ftp/package.json").version)
	process.exit(0)
}

const { Client } = require("basic-ftp")
const setting = name => process.env["FTP_" + name.toUpperCase()] || ""
const client = new Client(20000)

async function list(name) {
	for (const entry of await client.list(name))
		console.log(entry.name)
}

async function reput(local, remote) {
	const localStart = await client.size(remote)
	await client.appendFrom(local, remote, { localStart })
}

const steps = {
	list,
	get: (remote, local) => client.downloadTo(local, remote),
	reget: (remote, local) =>
		client.downloadTo(fs.createWriteStream(local, { flags: "a" }), remote,
			fs.statSync(local).size),
	put: (local, remote) => client.uploadFrom(local, remote),
	reput,
	get_tree: (remote, local) => client.downloadToDir(local, remote),
	put_tree: (local, remote) => client.uploadFromDir(local, remote),
	rename: (from, to) => client.rename(from, to),
	remove: name => client.remove(name),
	mkdir: name => client.send("MKD " + name),
	rmdir: name => client.removeDir(name),
}

async function main() {
	const tls = setting("tls")

	await client.access({
		host: setting("host"), user: setting("user"),
		password: setting("password"),
		secure: tls === "implicit" ? "implicit" : tls !== "",
	})
	for (const line of fs.readFileSync(0, "utf8").split("\n")) {
		const [verb, ...args] = line.split("\t")
		if (verb)
			await steps[verb](...args)
	}
	client.close()
}

main().catch(error => {
	console.error(String(error))
	process.exit(1)
})
