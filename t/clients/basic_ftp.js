// basic_ftp.js - Node's basic-ftp, for t/clients-node.t: settings in the
// environment, steps on standard input.

const fs = require("fs")
const net = require("net")

if (process.argv[2] === "--version") {
	console.log(require("basic-ftp/package.json").version)
	process.exit(0)
}

const { Client } = require("basic-ftp")
const setting = name => process.env["FTP_" + name.toUpperCase()] || ""
const client = new Client(20000)
// It says no name in the handshake that it has not been given for that.
const server = net.isIP(setting("host")) ? {} : { servername: setting("host") }

async function list(name) {
	for (const entry of await client.list(name))
		console.log(entry.name)
}

async function reput(local, remote) {
	const localStart = await client.size(remote)
	await client.appendFrom(local, remote, { localStart })
}

async function get_time(remote, local) {
	const time = await client.lastMod(remote)
	await client.downloadTo(local, remote)
	fs.utimesSync(local, time, time)
}

// It has no call for this.
async function put_time(local, remote) {
	const time = fs.statSync(local).mtime.toISOString()
	await client.uploadFrom(local, remote)
	await client.send(`MFMT ${time.replace(/\..*|\D/g, "")} ${remote}`)
}

const steps = {
	list,
	get: (remote, local) => client.downloadTo(local, remote),
	reget: (remote, local) =>
		client.downloadTo(fs.createWriteStream(local, { flags: "a" }), remote,
			fs.statSync(local).size),
	put: (local, remote) => client.uploadFrom(local, remote),
	reput, get_time, put_time,
	get_tree: (remote, local) => client.downloadToDir(local, remote),
	put_tree: (local, remote) => client.uploadFromDir(local, remote),
	rename: (from, to) => client.rename(from, to),
	remove: name => client.remove(name),
	mkdir: name => client.send("MKD " + name),
	rmdir: name => client.removeDir(name),
}

// What access() does, with HOST between.
async function named(tls) {
	await client.connect(setting("host"))
	await client.send("HOST " + setting("named"))
	if (tls)
		await client.useTLS(server)
	await client.login(setting("user"), setting("password"))
	await client.useDefaultSettings()
}

async function main() {
	const tls = setting("tls")

	if (setting("named"))
		await named(tls)
	else
		await client.access({
			host: setting("host"), user: setting("user"),
			password: setting("password"),
			secure: tls === "implicit" ? "implicit" : tls !== "",
			secureOptions: server,
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
