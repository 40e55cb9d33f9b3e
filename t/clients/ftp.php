<?php
// ftp.php - PHP's ftp extension, for t/clients-php.t: settings in the
// environment, steps on standard input.

if (($argv[1] ?? '') === '--version') {
	echo phpversion(), "\n";
	exit(0);
}

function check($ok)
{
	if ($ok === false) {
		fwrite(STDERR, "failed\n");
		exit(1);
	}
	return $ok;
}

function setting($name)
{
	return (string)getenv('FTP_' . strtoupper($name));
}

$ftp = check(setting('tls') ? ftp_ssl_connect(setting('host'), 21, 20)
    : ftp_connect(setting('host'), 21, 20));
if (setting('named'))
	check(ftp_raw($ftp, 'HOST ' . setting('named'))[0][0] === '2');
check(ftp_login($ftp, setting('user'), setting('password')));
ftp_pasv($ftp, setting('active') === '');

// A transfer in pieces is given up by a command beside it: the 426 answers
// that, the next piece takes what follows.
function give_up($ftp, $remote, $local)
{
	$more = ftp_nb_get($ftp, $local, $remote, FTP_BINARY);
	if ($more !== FTP_MOREDATA || ftp_raw($ftp, 'ABOR')[0] < '4')
		return false;
	while ($more === FTP_MOREDATA)
		$more = ftp_nb_continue($ftp);
	return true;
}

$steps = [
	'list' => function ($name) use ($ftp) {
		foreach ([ftp_nlist($ftp, $name), ftp_rawlist($ftp, $name)] as $list)
			echo implode("\n", check($list)), "\n";
		echo implode("\n", array_column(check(ftp_mlsd($ftp, $name)),
		    'name')), "\n";
	},
	'get' => fn($remote, $local) => ftp_get($ftp, $local, $remote, FTP_BINARY),
	'reget' => fn($remote, $local) => ftp_get($ftp, $local, $remote, FTP_BINARY,
	    filesize($local)),
	'put' => fn($local, $remote) => ftp_put($ftp, $remote, $local, FTP_BINARY),
	'reput' => fn($local, $remote) => ftp_put($ftp, $remote, $local, FTP_BINARY,
	    FTP_AUTORESUME),
	'get_time' => fn($remote, $local) =>
	    check(ftp_get($ftp, $local, $remote, FTP_BINARY)) &&
	    touch($local, ftp_mdtm($ftp, $remote)),
	// It has no call for this.
	'put_time' => fn($local, $remote) =>
	    check(ftp_put($ftp, $remote, $local, FTP_BINARY)) &&
	    str_starts_with(ftp_raw($ftp, 'MFMT ' .
	    gmdate('YmdHis', filemtime($local)) . " $remote")[0], '213'),
	'abort' => fn($remote, $local) => give_up($ftp, $remote, $local),
	'rename' => fn($old, $new) => ftp_rename($ftp, $old, $new),
	'remove' => fn($name) => ftp_delete($ftp, $name),
	'mkdir' => fn($name) => ftp_mkdir($ftp, $name),
	'rmdir' => fn($name) => ftp_rmdir($ftp, $name),
];
while (($line = fgets(STDIN)) !== false) {
	$arg = explode("\t", rtrim($line, "\n"));
	check($steps[array_shift($arg)](...$arg));
}
ftp_close($ftp);
