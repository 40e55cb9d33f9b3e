#!/usr/bin/perl
# System tier: curl (OpenSSL) at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use POSIX ();
use Test::More;

sub escaped { return $_[0] =~ s{([^\w./-])}{sprintf '%%%02X', ord $1}ger }

# Steps that follow each other and are of one kind go into one session.
my %options = (
	list => sub { ("$_[0]$_[1]/") },
	get => sub { ("$_[0]" . escaped($_[1]), '-o', $_[2]) },
	put => sub { ("$_[0]" . escaped($_[2]), '-T', $_[1]) },
	reget => sub { ('-C', '-', "$_[0]$_[1]", '-o', $_[2]) },
	reput => sub { ('-C', '-', "$_[0]$_[2]", '-T', $_[1]) },
	get_time => sub { ('-R', "$_[0]$_[1]", '-o', $_[2]) },
	# It sends no time by itself, but any command that it is told to.
	put_time => sub { ("$_[0]$_[2]", '-T', $_[1], '-Q',
		'-MFMT ' . POSIX::strftime('%Y%m%d%H%M%S', gmtime +(stat $_[1])[9]) .
		" $_[2]") },
	rename => sub { ($_[0], '-Q', "RNFR $_[1]", '-Q', "RNTO $_[2]") },
	remove => sub { ($_[0], '-Q', "DELE $_[1]") },
	mkdir => sub { ($_[0], '-Q', "MKD $_[1]") },
	rmdir => sub { ($_[0], '-Q', "RMD $_[1]") },
);

sub curl {
	my ($how, @steps) = @_;
	my $host = $how->{host} =~ /:/ ? "[$how->{host}]" : $how->{host};
	my $implicit = ($how->{tls} // '') eq 'implicit';
	my $url = ($implicit ? 'ftps' : 'ftp') . "://$host:21/";
	my @curl = ('curl', '-sS', '-g', '-u', "$how->{user}:$how->{password}",
	    $how->{active} ? ('-P', '-') : (),
	    $how->{tls} ? ('--ssl-reqd', '--cacert', $how->{ca}) : ());
	my @commands;

	while (my $step = shift @steps) {
		my ($verb, @arg) = @$step;
		my @command = (@curl, $options{$verb}->($url, @arg));
		push @command, $options{$verb}->($url, (@{ shift @steps })[1, 2])
		    while @steps && $steps[0][0] eq $verb;
		push @commands, \@command, '';
	}
	return @commands;
}

my $trees = 'it has no option for whole trees';
my $client = { name => 'curl', packages => ['curl'],
    version => 'curl --version', run => \&curl,
    cannot => { get_tree => $trees, put_tree => $trees,
        abort => 'one that is stopped ends; see "killed"' } };

jobs($client);
my $unfit = 'this version has no TLS on an active data connection';
jobs({ %$client, cannot => { %{ $client->{cannot} }, active => $unfit,
    'IPv6, active' => $unfit } }, tls => 'explicit');
many($client);
hosts($client, sni => ['explicit', 'implicit'],
    no_host => 'the commands that it is told come behind the login');
done_testing;
