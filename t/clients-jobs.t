#!/usr/bin/perl
# Transcript tier, no root: the jobs of daily use done by real clients: list,
# get, put, resume both ways, rename, abort. `make check-clients' runs it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Digest::SHA ();
use File::Temp ();
use Inftpd::Test;
use Inftpd::Test::Listener;
use Test::More;

my $server = Inftpd::Test->new;
my $listener = Inftpd::Test::Listener->start($server,
    conf => { delete_failed_uploads => 'NO', local_max_rate => 0 });
$listener->connect->quit; # until it listens
my $port = $listener->{port};
my $here = File::Temp->newdir;
chdir $here or die "chdir: $!";
$ENV{HOME} = "$here";

my $big = join '', map { Digest::SHA::sha256($_) } 1 .. 20_000; # 640,000 bytes

sub spew {
	my ($name, $text) = @_;

	open my $f, '>', $name or die "$name: $!";
	print $f $text;
	close $f or die "$name: $!";
}

sub slurp {
	my ($name) = @_;

	open my $f, '<', $name or return '';
	local $/;
	return <$f> // '';
}

sub installed {
	my ($client) = @_;

	return 1 if grep { -x "$_/$client" } split /:/, $ENV{PATH};
	fail "$client is not installed";
	return 0;
}

# Runs a client with lines on its standard input; its output, or ''.
sub type {
	my ($command, @lines) = @_;

	spew('input', join '', map { "$_\n" } @lines);
	return `timeout 60 $command <input 2>&1` // '';
}

# What every client has to find, and the state that it has to leave.
sub prepare {
	unlink glob '*';
	$server->file("dir/$_", "$_\n") for qw(one two);
	$server->file('big', $big);
	unlink map { $server->data($_) } qw(up moved resumed append);
	spew('up', "sent up\n");
	spew('part', substr $big, 0, 100_000);
	spew('whole', $big);
	$server->file('resumed', substr $big, 0, 200_000);
}

sub check {
	my ($client, $output) = @_;

	like($output, qr/one.*two/s, "$client: list");
	ok(slurp('big') eq $big, "$client: get");
	is($server->content('moved'), "sent up\n", "$client: put and rename");
	ok(slurp('part') eq $big, "$client: resume a download");
	ok($server->content("resumed") eq $big, "$client: resume an upload");
}

for my $client ('tnftp', 'inetutils-ftp') {
	next if !installed($client);
	for my $passive (0, 1) {
		my $mode = $passive ? 'passive' : 'active';

		prepare();
		my @toggle = $client eq 'tnftp'
		    ? "passive " . ($passive ? 'on' : 'off')
		    : $passive ? 'passive' : ();
		rename 'whole', 'resumed';
		my $output = type("$client -n -v 127.0.0.1 $port",
		    'user alice secret', @toggle, 'binary', 'ls dir',
		    'get big', 'put up', 'rename up moved',
		    'reget big part', 'quote REST 200000', 'size resumed',
		    'bye');
		like($output, qr/one.*two/s, "$client, $mode: list");
		ok(slurp('big') eq $big, "$client, $mode: get");
		is($server->content('moved'), "sent up\n",
		    "$client, $mode: put and rename");
		ok(slurp('part') eq $big, "$client, $mode: resume a download");
		like($output, qr/\b200000\b/, "$client, $mode: size");
		$output = type("$client -n -v 127.0.0.1 $port",
		    'user alice secret', @toggle, 'prompt', 'binary',
		    'mkdir made', 'cd made', 'mput up part', 'ls',
		    'mget up', 'append up up', 'newer up', 'mdelete up part',
		    'cdup', 'rmdir made', 'rstatus', 'rhelp', 'system', 'pwd',
		    'case', 'hash', 'status', 'lcd /', 'close', 'quit');
		like($output, qr/250 Directory removed/,
		    "$client, $mode: mkdir, mput, mdelete, rmdir");
		unlike($output, qr/^5\d\d /m, "$client, $mode: nothing refused");
	}
}

if (installed('curl')) {
	my $url = "ftp://alice:secret\@127.0.0.1:$port";

	prepare();
	my $output = `curl -sS '$url/dir/' 2>&1`;
	system "curl -sS -o big '$url/big'";
	system "curl -sS -T up '$url/up' -Q '-RNFR up' -Q '-RNTO moved'";
	system "curl -sS -C - -o part '$url/big'";
	system "curl -sS -C - -T whole '$url/resumed'";
	check('curl', $output);
	system "curl -sS -P - -o active '$url/big'";
	ok(slurp("active") eq $big, 'curl: active');
	is(system("curl -sS -m 1 --limit-rate 1000 -o aborted '$url/big' "
	    . '2>/dev/null') >> 8, 28, 'curl: given up half-way');
	is(`curl -sS '$url/dir/one'`, "one\n", 'and the server serves on');
}

if (installed('lftp')) {
	my $lftp = "lftp -u alice,secret 127.0.0.1:$port -e";

	prepare();
	my $jobs = 'cls dir; get big; put up; mv up moved; '
	    . 'get -c big -o part; put -c whole -o resumed; quit';
	my $output = `timeout 60 $lftp '$jobs' 2>&1`;
	check('lftp', $output);
	mkdir 'tree';
	mkdir 'tree/sub';
	spew("tree/sub/f$_", $_ x 1000) for 1 .. 50;
	spew("tree/name with blanks and \"quotes\"", 'x');
	system "timeout 60 $lftp 'mirror -R tree up-tree; "
	    . "mirror up-tree down-tree; rm -r up-tree; quit' >/dev/null 2>&1";
	is(system('diff -r tree down-tree'), 0, 'lftp: mirror both ways');
	ok(!-e $server->data('up-tree'), 'lftp: rm -r');
}
chdir '/';
$listener->stop;
$server->done;
done_testing;
